import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { foldEdit, pathHistory } from '../../src/app/fold';
import { installHooks } from '../../src/app/install';
import { record } from '../../src/app/record';
import type { KnownRecord, StartedRecord } from '../../src/core/journal';
import { baseText } from '../../src/core/known';
import { splitLines } from '../../src/core/lines';
import { blamed, verdictsOf } from '../fuzz/git-commits';
import { scratchRepo, type ScratchRepo } from '../support/scratch-repo';

/** What the whole set comes to; printed at its end. */
const total = { scenarios: 0, ai: 0, aiFound: 0, human: 0, humanAsAi: 0, aiAsHuman: 0, mixed: 0, deleted: 0 };

/** One repository with the real hooks, and what a person and an agent do in it. */
class Story {
  private clock = Date.now();
  private calls = 0;

  constructor(readonly repo: ScratchRepo) {}

  git(...words: string[]): void {
    this.repo.git(...words);
  }

  /** A person saves a file; null: deletes it. */
  person(path: string, text: string | null): void {
    if (text === null) rmSync(join(this.repo.dir, path));
    else this.repo.write(path, text);
  }

  /** The agent's tool makes this of the file; `meanwhile` is done between its two reports. */
  async agent(path: string, text: string, meanwhile: () => void = () => {}): Promise<void> {
    const payload = await this.begin(path, text);
    this.repo.write(path, text);
    meanwhile();
    await this.tell('PostToolUse', payload);
  }

  /** The first report of a call; returns what the second one will say. */
  async begin(path: string, text: string): Promise<object> {
    const file = join(this.repo.dir, path);
    const before = existsSync(file) ? this.repo.read(path).replaceAll('\r\n', '\n') : null;
    const content = text.replaceAll('\r\n', '\n');
    const common = { session_id: 's1', transcript_path: '/nowhere/s1.jsonl', cwd: this.repo.dir };
    const call = {
      ...common,
      tool_use_id: `toolu_${++this.calls}`,
      tool_name: 'Write',
      tool_input: { file_path: file, content },
    };
    await this.tell('PreToolUse', call);
    const type = before === null ? 'create' : 'update';
    const response = { type, filePath: file, content, structuredPatch: [], originalFile: before };
    return { ...call, tool_response: response };
  }

  async tell(event: string, payload: object): Promise<void> {
    this.clock += 1000;
    const outcome = await record({
      agent: 'claude-code',
      event,
      payload: JSON.stringify({ ...payload, hook_event_name: event }),
      now: this.clock,
    });
    assert.deepEqual(outcome.problems, []);
  }

  commitAll(message = 'all'): void {
    this.git('add', '-A');
    this.git('commit', '-qm', message);
  }

  /** Takes the journal away, as a clone has none. */
  forget(): void {
    rmSync(join(this.repo.dir, '.git/hunkmark/worktrees'), { recursive: true });
  }

  /** Stages this text of the file, whatever stands in the working tree. */
  stage(path: string, text: string): void {
    const oid = this.repo.git('hash-object', '-w', '--stdin', { stdin: text }).trim();
    this.git('update-index', '--add', '--cacheinfo', `100644,${oid},${path}`);
  }

  /**
   * Holds a commit's trailers against `rows`, the file's text with a letter and a space before each line: `a` the
   * agent's, `m` of both, `h` a person's, `.` not added here; `x` and `-` lines that the commit deletes, the agent's
   * and not. A person's line may be unknown, an agent's may not: it counts as not found.
   */
  expect(path: string, rows: string, commit = 'HEAD', oldPath = path): void {
    const oid = this.repo.git('rev-parse', commit).trim();
    const { files, added, deleted, complete } = verdictsOf(this.repo, oid);
    const expected = rows.split('\n').slice(1, -1);
    const standing = expected.filter((row) => !/^[x-]/.test(row));
    const text = this.repo.gitTry('show', `${oid}:${path}`).stdout.replaceAll('\r', '');
    assert.equal(standing.map((row) => row.slice(2)).join('\n'), text.replace(/\n$/, ''), 'the text itself');
    const file = files.find((own) => own.path === path) ?? files.find((own) => own.oldPath === oldPath);
    standing.forEach((row, at) => {
      if (!isTelling(row)) return;
      const isAdded =
        file?.added.some(({ start, count }) => at + 1 >= start && at + 1 < start + count) === true;
      assert.equal(isAdded, !row.startsWith('.'), `added: ${row}`);
      if (isAdded) judge(row, added.get(`${path}:${at + 1}`) ?? (complete ? 'human' : 'unknown'));
    });
    const parent =
      oldPath === null ? [] : this.repo.gitTry('show', `${oid}~1:${oldPath}`).stdout.split(/\r?\n/);
    const byAgent = parent.filter((_, at) => deleted.has(`${oldPath}:${at + 1}`));
    const claimed = expected.filter((row) => row.startsWith('x')).map((row) => row.slice(2));
    const telling = (all: readonly string[]): string[] => all.filter((line) => /\w/.test(line)).toSorted();
    assert.deepEqual(telling(byAgent), telling(claimed), 'deletions of the agent');
    total.deleted += claimed.length;
  }

  /** Every line of HEAD's file by blame and the trailers of the commit that it names. */
  expectHistory(path: string, rows: string): void {
    const expected = rows.split('\n').slice(1, -1);
    for (const { line, commit, original, from } of blamed(this.repo, path)) {
      const { added, complete } = verdictsOf(this.repo, commit);
      judge(expected[line - 1] ?? '', added.get(`${from}:${original}`) ?? (complete ? 'human' : 'unknown'));
    }
  }
}

/** A diff may take one bracket or blank line for an equal one beside it, so these are in no count. */
function isTelling(row: string): boolean {
  return /\w/.test(row.slice(2));
}

function judge(row: string, verdict: string): void {
  if (!isTelling(row)) return;
  const [writer] = row;
  if (writer === 'h') {
    total.human++;
    if (verdict === 'ai' || verdict === 'mixed') total.humanAsAi++;
    assert.ok(verdict === 'unknown' || verdict === 'human', `${verdict}, but a person's: ${row}`);
    return;
  }
  if (verdict === 'human') total.aiAsHuman++;
  if (writer === 'm') {
    total.mixed++;
    assert.equal(verdict, 'mixed', row);
    return;
  }
  total.ai++;
  if (verdict === 'ai') total.aiFound++;
  assert.equal(verdict, 'ai', row);
}

function scenario(name: string, tell: (story: Story) => Promise<void>): void {
  it(name, async () => {
    total.scenarios++;
    const repo = scratchRepo({ config: { 'hunkmark.detail': 'full' } });
    try {
      repo.git('commit', '-q', '--allow-empty', '-m', 'root');
      await installHooks({
        repositoryDir: repo.dir,
        hookProgram: resolve('dist/hook.js'),
        nodePath: process.execPath,
      });
      await tell(new Story(repo));
    } finally {
      repo.dispose();
    }
  });
}

/** A text of these lines. */
function lines(...all: string[]): string {
  return all.map((line) => `${line}\n`).join('');
}

const HEAD = [
  'import { log } from "./log";',
  '',
  'export function first(items) {',
  '  return items[0];',
  '}',
];
const AI = [
  'export function total(items) {',
  '  const prices = items.map(priceOf);',
  '  return add(prices);',
  '}',
];
const TAIL = ['', 'export const LIMIT = 20;'];
const BASE = lines(...HEAD, ...TAIL);
const WITH_AI = lines(...HEAD, '', ...AI, ...TAIL);

/** `rows` with a letter before each of the lines. */
function rows(...parts: (readonly [letter: string, ...lines: readonly string[]])[]): string {
  const all = parts.flatMap(([letter, ...own]) => own.map((line) => `${letter} ${line}`));
  return `\n${all.join('\n')}\n`;
}

/** Commits BASE and lets the agent add its function. */
async function begun(story: Story): Promise<void> {
  story.person('a.ts', BASE);
  story.commitAll('base');
  await story.agent('a.ts', WITH_AI);
}

const ADDED = rows(['.', ...HEAD], ['a', '', ...AI], ['.', ...TAIL]);

describe('carrying to the commit', () => {
  scenario('an agent adds a function', async (story) => {
    await begun(story);
    story.commitAll();
    story.expect('a.ts', ADDED);
  });

  scenario('an agent makes a file', async (story) => {
    await story.agent('new.ts', lines(...AI));
    story.commitAll();
    story.expect('new.ts', rows(['a', ...AI]));
  });

  scenario('a person types above and below', async (story) => {
    await begun(story);
    const typed = ['export const NAME = "typed by hand";', ''];
    story.person('a.ts', lines(...typed, ...HEAD, '', ...AI, ...TAIL, 'const more = LIMIT * 2;'));
    story.commitAll();
    story.expect('a.ts', rows(['h', ...typed], ['.', ...HEAD], ['a', '', ...AI], ['.', ...TAIL], ['h', 'const more = LIMIT * 2;'])); // prettier-ignore
  });

  scenario('a person types inside the agent’s function', async (story) => {
    await begun(story);
    const inside = [AI[0] ?? '', '  log.info("typed by hand", items.length);', ...AI.slice(1)];
    story.person('a.ts', lines(...HEAD, '', ...inside, ...TAIL));
    story.commitAll();
    story.expect('a.ts', rows(['.', ...HEAD], ['a', '', AI[0] ?? ''], ['h', '  log.info("typed by hand", items.length);'], ['a', ...AI.slice(1)], ['.', ...TAIL])); // prettier-ignore
  });

  scenario('a person saves between the agent’s two reports', async (story) => {
    story.person('a.ts', BASE);
    story.commitAll();
    await story.agent('a.ts', WITH_AI, () => story.person('a.ts', lines('const early = "by hand";', ...HEAD, '', ...AI, ...TAIL))); // prettier-ignore
    story.commitAll();
    story.expect('a.ts', rows(['h', 'const early = "by hand";'], ['.', ...HEAD], ['a', '', ...AI], ['.', ...TAIL])); // prettier-ignore
  });

  scenario('a person saves before the agent begins', async (story) => {
    story.person('a.ts', BASE);
    story.commitAll();
    const typed = 'const early = "by hand";';
    story.person('a.ts', lines(typed, ...HEAD, ...TAIL));
    await story.agent('a.ts', lines(typed, ...HEAD, '', ...AI, ...TAIL));
    story.commitAll();
    story.expect('a.ts', rows(['h', typed], ['.', ...HEAD], ['a', '', ...AI], ['.', ...TAIL]));
  });

  for (const order of ['in turn', 'in reverse'] as const) {
    scenario(`two calls at once that report ${order}`, async (story) => {
      story.person('a.ts', BASE);
      story.commitAll();
      const [one, two] = ['const one = fromTheFirstCall();', 'const two = fromTheSecondCall();'];
      const first = await story.begin('a.ts', lines(one, ...HEAD, ...TAIL));
      story.person('a.ts', lines(one, ...HEAD, ...TAIL));
      const second = await story.begin('a.ts', lines(one, ...HEAD, ...TAIL, two));
      story.person('a.ts', lines(one, ...HEAD, ...TAIL, two));
      for (const call of order === 'in turn' ? [first, second] : [second, first])
        await story.tell('PostToolUse', call);
      story.commitAll();
      story.expect('a.ts', rows(['a', one], ['.', ...HEAD, ...TAIL], ['a', two]));
    });
  }

  scenario('an agent rewrites a file and alters one line', async (story) => {
    story.person('a.ts', BASE);
    story.commitAll();
    const changed = 'export const LIMIT = 30 * count(people);';
    await story.agent('a.ts', lines(...HEAD, '', changed));
    story.commitAll();
    story.expect('a.ts', rows(['.', ...HEAD, ''], ['m', changed], ['x', 'export const LIMIT = 20;']));
  });

  scenario('the bracket that a person typed is not the agent’s', async (story) => {
    const typed = ['function byHand(argument) {', '  return null;', '}'];
    story.person('a.ts', lines(...typed));
    story.commitAll();
    story.person('a.ts', lines(...typed, 'function other(argument) {', '  return null;', '}'));
    await story.agent('a.ts', lines(...typed, 'class Quite {', '  return null;', '}'));
    story.commitAll();
    story.expect('a.ts', rows(['.', ...typed], ['a', 'class Quite {'], ['h', '  return null;', '}']));
  });
});

describe('carrying: what an agent reports while another call is under way', () => {
  const author = { via: 'agent', agent: 'claude-code', model: null, evidence: 'reported' } as const;
  const call = (name: string, before: string, content: string, at: number): StartedRecord => ({
    kind: 'started',
    id: name,
    path: 'a.ts',
    before,
    change: { kind: 'write', content },
    agent: 'claude-code',
    model: null,
    session: 's1',
    call: name,
    at,
  });
  const fold = (heads: KnownRecord[], started: StartedRecord[], before: string, after: string): string => {
    const own = { session: 's1', call: 'own' };
    const edit = { change: { kind: 'write', content: after }, author, before, after, disk: after } as const;
    const { known } = foldEdit(pathHistory(heads, started, own, 10), edit, 'own');
    const shown = known.lines.map((line, at) => `${known.origins[at]?.class} ${line.trimEnd()}`);
    return [...shown, ...known.tombstones.map(({ text }) => `deleted ${text.trimEnd()}`)].join(', ');
  };
  const head = (text: string): KnownRecord => ({
    kind: 'known',
    id: 'h',
    path: 'a.ts',
    known: baseText(splitLines(text)),
    exists: true,
    commit: null,
    from: [],
    at: 1,
    session: 's0',
    call: null,
    claimed: [],
  });

  it('what the other has done already is the other’s', () => {
    const [one, both] = ['alpha\nfrom the first\n', 'alpha\nfrom the first\nfrom the second\n'];
    const expected = 'base alpha, ai from the first, ai from the second';
    assert.equal(fold([], [call('other', 'alpha\n', one, 2)], one, both), expected);
    assert.equal(fold([head('alpha\n')], [call('other', 'alpha\n', one, 2)], one, both), expected);
  });
  it('what a person did before the other began is nobody’s', () => {
    const [one, both] = ['alpha\nfrom the first\n', 'alpha\nfrom the first\nfrom the second\n'];
    const known = [head('alpha\nbeta by hand\n')];
    const told = fold(known, [call('other', 'alpha\n', one, 2)], one, both);
    assert.equal(told, 'base alpha, ai from the first, ai from the second');
  });
});

describe('carrying: what is staged', () => {
  scenario('half of the agent’s lines', async (story) => {
    await begun(story);
    story.stage('a.ts', lines(...HEAD, '', ...AI.slice(0, 2), ...TAIL));
    story.git('commit', '-qm', 'half');
    story.expect('a.ts', rows(['.', ...HEAD], ['a', '', ...AI.slice(0, 2)], ['.', ...TAIL]));
    story.commitAll('the other half');
    story.expect('a.ts', rows(['.', ...HEAD, '', ...AI.slice(0, 2)], ['a', ...AI.slice(2)], ['.', ...TAIL]));
  });

  scenario('only the person’s lines', async (story) => {
    await begun(story);
    const typed = 'const byHand = "typed";';
    story.person('a.ts', lines(typed, ...HEAD, '', ...AI, ...TAIL));
    story.stage('a.ts', lines(typed, ...HEAD, ...TAIL));
    story.git('commit', '-qm', 'mine');
    story.expect('a.ts', rows(['h', typed], ['.', ...HEAD, ...TAIL]));
    story.commitAll('the agent’s');
    story.expect('a.ts', rows(['.', typed, ...HEAD], ['a', '', ...AI], ['.', ...TAIL]));
  });

  scenario('a person’s line that the agent has changed since', async (story) => {
    story.person('a.ts', BASE);
    story.commitAll();
    const typed = 'const amount = countOf(people, things);';
    story.person('a.ts', lines(...HEAD, ...TAIL, typed));
    story.git('add', '-A');
    await story.agent('a.ts', lines(...HEAD, ...TAIL, 'const amount = countOf(people, animals);'));
    story.git('commit', '-qm', 'as staged');
    story.expect('a.ts', rows(['.', ...HEAD, ...TAIL], ['h', typed]));
    story.commitAll('as changed');
    story.expect('a.ts', rows(['.', ...HEAD, ...TAIL], ['m', 'const amount = countOf(people, animals);'], ['x', typed])); // prettier-ignore
  });

  scenario('one of several files, by path', async (story) => {
    await begun(story);
    await story.agent('b.ts', lines('const b = madeByTheAgent();'));
    story.git('add', '-N', 'b.ts');
    story.git('commit', '-qm', 'a', '--', 'a.ts');
    story.expect('a.ts', ADDED);
    story.commitAll();
    story.expect('b.ts', rows(['a', 'const b = madeByTheAgent();']));
  });
});

describe('carrying: formatters', () => {
  const wrapped = [
    'export function total(',
    '\titems,',
    ') {',
    '\tconst prices = items.map(',
    '\t\tpriceOf,',
    '\t);',
    '\treturn add(prices)',
    '}',
  ];
  const before = ["  say('hello', name);", "  log('one', two, three);"];
  const after = ['    say("hello", name)', '    log(', '      "one",', '      two,', '      three,', '    )'];

  scenario('rewrap, reindent and semicolons between edit and commit', async (story) => {
    await begun(story);
    story.person('a.ts', lines(...HEAD, '', ...wrapped, ...TAIL));
    story.commitAll();
    story.expect('a.ts', rows(['.', ...HEAD], ['a', '', ...wrapped], ['.', ...TAIL]));
  });

  scenario('quotes, indentation and trailing commas', async (story) => {
    story.person('a.ts', BASE);
    story.commitAll();
    await story.agent('a.ts', lines(...HEAD, ...before, ...TAIL));
    story.person('a.ts', lines(...HEAD, ...after, ...TAIL));
    story.commitAll();
    story.expect('a.ts', rows(['.', ...HEAD], ['a', ...after], ['.', ...TAIL]));
  });

  scenario('unwrap', async (story) => {
    story.person('a.ts', BASE);
    story.commitAll();
    await story.agent('a.ts', lines(...HEAD, ...after, ...TAIL));
    story.person('a.ts', lines(...HEAD, ...before, ...TAIL));
    story.commitAll();
    story.expect('a.ts', rows(['.', ...HEAD], ['a', ...before], ['.', ...TAIL]));
  });

  scenario('a formatter in a pre-commit hook', async (story) => {
    story.repo.write(
      '.git/hooks/pre-commit',
      '#!/bin/sh\nsed -i "s/^  /\\t/; s/;$//" a.ts && git add a.ts\n',
    );
    story.repo.run('chmod', ['+x', '.git/hooks/pre-commit']);
    story.person('a.ts', lines('\treturn one', 'const typed = 1'));
    story.commitAll();
    await story.agent('a.ts', lines('\treturn one', 'const typed = 1', ...AI));
    story.commitAll();
    const formatted = AI.map((line) => line.replace(/^ {2}/, '\t').replace(/;$/, ''));
    story.expect('a.ts', rows(['.', '\treturn one', 'const typed = 1'], ['a', ...formatted]));
  });

  scenario('a person’s lines formatted with the agent’s', async (story) => {
    story.person('a.ts', BASE);
    story.commitAll();
    story.person('a.ts', lines(...HEAD, ...TAIL, "const mine = wrap('by', 'hand');"));
    await story.agent('a.ts', lines(...HEAD, '', ...AI, ...TAIL, "const mine = wrap('by', 'hand');"));
    story.person('a.ts', lines(...HEAD, '', ...wrapped, ...TAIL, 'const mine = wrap(', '\t"by",', '\t"hand",', ')')); // prettier-ignore
    story.commitAll();
    story.expect('a.ts', rows(['.', ...HEAD], ['a', '', ...wrapped], ['.', ...TAIL], ['h', 'const mine = wrap(', '\t"by",', '\t"hand",', ')'])); // prettier-ignore
  });

  scenario('a person formats in a later commit: the agent’s through history', async (story) => {
    await begun(story);
    story.commitAll();
    story.person('a.ts', lines(...HEAD, '', ...wrapped, ...TAIL));
    story.commitAll('format');
    story.expectHistory('a.ts', rows(['h', ...HEAD], ['a', '', ...wrapped], ['h', ...TAIL]));
  });

  scenario('the agent formats: a person’s lines stay theirs', async (story) => {
    story.person('a.ts', lines('first();', "const mine = wrap('by', 'hand');"));
    story.commitAll();
    await story.agent('a.ts', lines('first()', 'const mine = wrap(', '  "by",', '  "hand",', ')'));
    story.commitAll();
    story.expect('a.ts', rows(['h', 'first()', 'const mine = wrap(', '  "by",', '  "hand",', ')']));
  });

  scenario('tabs for spaces, CRLF for LF', async (story) => {
    await begun(story);
    story.person('a.ts', WITH_AI.replaceAll('  ', '\t').replaceAll('\n', '\r\n'));
    story.commitAll();
    const tabs = (all: readonly string[]): string[] => all.map((line) => line.replaceAll('  ', '\t'));
    story.expect('a.ts', rows(['h', ...tabs(HEAD)], ['a', '', ...tabs(AI)], ['h', ...TAIL]));
  });

  scenario('a file with CRLF', async (story) => {
    story.person('a.ts', BASE.replaceAll('\n', '\r\n'));
    story.commitAll();
    await story.agent('a.ts', WITH_AI.replaceAll('\n', '\r\n'));
    story.commitAll();
    story.expect('a.ts', ADDED);
  });

  scenario('no line end at the end', async (story) => {
    story.person('a.ts', 'const first = "by hand";');
    story.commitAll();
    await story.agent('a.ts', 'const first = "by hand";\nconst second = byTheAgent();');
    story.commitAll();
    story.expect('a.ts', rows(['h', 'const first = "by hand";'], ['a', 'const second = byTheAgent();']));
  });
});

describe('carrying: moves', () => {
  scenario('within a file', async (story) => {
    await begun(story);
    story.person('a.ts', lines(...AI, '', ...HEAD, ...TAIL));
    story.commitAll();
    story.expect('a.ts', rows(['a', ...AI, ''], ['.', ...HEAD, ...TAIL]));
  });

  scenario('to another file of the commit', async (story) => {
    await begun(story);
    story.person('a.ts', BASE);
    story.person('b.ts', lines('// typed by hand', ...AI));
    story.commitAll();
    story.expect('b.ts', rows(['h', '// typed by hand'], ['a', ...AI]));
  });

  scenario('to another file, with more brackets than may be asked of one another', async (story) => {
    await begun(story);
    const block = [...AI, ...Array.from({ length: 30_000 }, () => '}')];
    await story.agent('a.ts', lines(...HEAD, ...block, ...TAIL));
    story.person('a.ts', BASE);
    story.person('b.ts', lines(...block));
    story.commitAll();
    story.expect('b.ts', rows(['a', ...block]));
  });

  scenario('to another file, before the agent goes on in the first', async (story) => {
    await begun(story);
    story.person('a.ts', BASE);
    story.person('b.ts', lines(...AI));
    await story.agent('a.ts', lines(...HEAD, ...TAIL, 'const later = theAgentAgain();'));
    story.commitAll();
    story.expect('b.ts', rows(['a', ...AI]));
    story.expect('a.ts', rows(['.', ...HEAD, ...TAIL], ['a', 'const later = theAgentAgain();']));
  });

  scenario('to another file in a later commit', async (story) => {
    await begun(story);
    story.commitAll();
    story.person('a.ts', BASE);
    story.person('b.ts', lines('// typed by hand', ...AI));
    story.commitAll('move');
    story.expect('b.ts', rows(['h', '// typed by hand'], ['a', ...AI]));
    story.expect('a.ts', rows(['.', ...HEAD, ...TAIL]));
  });

  scenario('a copy is nobody’s', async (story) => {
    await begun(story);
    story.commitAll();
    story.person('b.ts', lines(...AI));
    story.commitAll('copy');
    story.expect('b.ts', rows(['h', ...AI]));
  });

  scenario('the agent moves a person’s line, however light', async (story) => {
    const heavy = ['const first = theirs(one, two);', 'const second = theirs(three, four);'];
    story.person('a.ts', lines('count++;', ...heavy));
    story.commitAll();
    await story.agent('a.ts', lines(...heavy, 'count++;'));
    story.commitAll();
    story.expect('a.ts', rows(['.', ...heavy], ['h', 'count++;']));
  });

  scenario('a file renamed before the commit', async (story) => {
    await begun(story);
    story.git('mv', 'a.ts', 'b.ts');
    story.commitAll();
    story.expect('b.ts', ADDED, 'HEAD', 'a.ts');
  });

  scenario('a file renamed and edited', async (story) => {
    await begun(story);
    story.person('a.ts', null);
    story.person('b.ts', lines('const mine = "typed by hand";', ...HEAD, '', ...AI, ...TAIL));
    story.commitAll();
    // Less than half of it is the old file, so git takes it for a new one.
    story.expect('b.ts', rows(['h', 'const mine = "typed by hand";', ...HEAD], ['a', '', ...AI], ['h', ...TAIL])); // prettier-ignore
  });

  scenario('an agent’s new file under another name', async (story) => {
    await story.agent('a.ts', lines(...AI));
    story.person('a.ts', null);
    story.person('b.ts', lines(...AI, 'const mine = "typed by hand";'));
    story.commitAll();
    story.expect('b.ts', rows(['a', ...AI], ['h', 'const mine = "typed by hand";']));
  });
});

describe('carrying: boilerplate and lookalikes', () => {
  scenario('brackets and returns that a person types', async (story) => {
    await begun(story);
    const typed = ['', 'export function byHand(value) {', '  try {', '    return null;', '  } catch (e) {', '    return null;', '  }', '}']; // prettier-ignore
    story.person('a.ts', lines(...HEAD, '', ...AI, ...TAIL, ...typed));
    story.commitAll();
    story.expect('a.ts', rows(['.', ...HEAD], ['a', '', ...AI], ['.', ...TAIL], ['h', ...typed]));
  });

  scenario('a person throws the agent’s away and types another', async (story) => {
    story.person('a.ts', BASE);
    story.commitAll();
    const boilerplate = ['  try {', '    return null;', '  } catch (e) {', '    return null;', '  }', '}'];
    await story.agent('a.ts', lines(...HEAD, 'function fromTheAgent(value) {', ...boilerplate, ...TAIL));
    story.person('a.ts', BASE);
    story.person('a.ts', lines(...HEAD, 'const byHand = (thing) => {', ...boilerplate, ...TAIL));
    story.commitAll();
    story.expect('a.ts', rows(['.', ...HEAD], ['h', 'const byHand = (thing) => {', ...boilerplate], ['.', ...TAIL])); // prettier-ignore
  });

  scenario('two equal functions, one of each', async (story) => {
    const body = ['  const value = compute(input);', '  return value;', '}'];
    story.person('a.ts', lines('function mine(input) {', ...body));
    story.commitAll();
    await story.agent('a.ts', lines('function mine(input) {', ...body, 'function theirs(input) {', ...body));
    story.commitAll();
    story.expect('a.ts', rows(['.', 'function mine(input) {', ...body], ['a', 'function theirs(input) {', ...body])); // prettier-ignore
  });

  scenario('a bracket where the agent deleted one', async (story) => {
    story.person('a.ts', BASE);
    story.commitAll();
    await story.agent('a.ts', lines(...HEAD, 'class One {', '  break;', '}', ...TAIL));
    await story.agent('a.ts', lines(...HEAD, 'class One {', '}', ...TAIL));
    story.person('a.ts', lines(...HEAD, 'class One {', '  break;', '  byHand();', '}', ...TAIL));
    story.commitAll();
    story.expect('a.ts', rows(['.', ...HEAD], ['a', 'class One {'], ['h', '  break;', '  byHand();'], ['a', '}'], ['.', ...TAIL])); // prettier-ignore
  });
});

describe('carrying: a person changes the agent’s lines', () => {
  scenario('one word of a line', async (story) => {
    await begun(story);
    const changed = '  const prices = items.map(costOf);';
    story.person('a.ts', lines(...HEAD, '', AI[0] ?? '', changed, ...AI.slice(2), ...TAIL));
    story.commitAll();
    story.expect('a.ts', rows(['.', ...HEAD], ['a', '', AI[0] ?? ''], ['m', changed], ['a', ...AI.slice(2)], ['.', ...TAIL])); // prettier-ignore
  });

  scenario('one word, in a later commit', async (story) => {
    await begun(story);
    story.commitAll();
    const changed = '  const prices = items.map(costOf);';
    story.person('a.ts', lines(...HEAD, '', AI[0] ?? '', changed, ...AI.slice(2), ...TAIL));
    story.commitAll('a word');
    story.expectHistory('a.ts', rows(['h', ...HEAD], ['a', '', AI[0] ?? ''], ['m', changed], ['a', ...AI.slice(2)], ['h', ...TAIL])); // prettier-ignore
  });

  scenario('the agent changes one word of a person’s line', async (story) => {
    story.person('a.ts', lines('const amount = countOf(people, things);'));
    story.commitAll();
    await story.agent('a.ts', lines('const amount = countOf(people, animals);'));
    story.commitAll();
    story.expect('a.ts', rows(['m', 'const amount = countOf(people, animals);'], ['x', 'const amount = countOf(people, things);'])); // prettier-ignore
  });

  scenario('the agent moves a person’s line and changes a word of it', async (story) => {
    story.person(
      'a.ts',
      lines('const amount = countOf(people, things);', 'const second = of(another, kind);'),
    );
    story.commitAll();
    await story.agent('a.ts', lines('const second = of(another, kind);', 'const amount = countOf(people, animals);')); // prettier-ignore
    story.commitAll();
    story.expect('a.ts', rows(['.', 'const second = of(another, kind);'], ['m', 'const amount = countOf(people, animals);'], ['x', 'const amount = countOf(people, things);'])); // prettier-ignore
  });

  scenario('deletes some of them', async (story) => {
    await begun(story);
    story.person('a.ts', lines(...HEAD, '', ...AI.slice(0, 1), ...AI.slice(2), ...TAIL));
    story.commitAll();
    story.expect('a.ts', rows(['.', ...HEAD], ['a', '', ...AI.slice(0, 1), ...AI.slice(2)], ['.', ...TAIL]));
  });

  scenario('deletes them and takes that back', async (story) => {
    await begun(story);
    story.person('a.ts', BASE);
    await story.agent('a.ts', lines(...HEAD, ...TAIL, 'const later = theAgentAgain();'));
    story.person('a.ts', lines(...HEAD, '', ...AI, ...TAIL, 'const later = theAgentAgain();'));
    story.commitAll();
    story.expect('a.ts', rows(['.', ...HEAD], ['a', '', ...AI], ['.', ...TAIL], ['a', 'const later = theAgentAgain();'])); // prettier-ignore
  });
});

describe('carrying: deletions', () => {
  const five = ['const one = makeOne();', 'const two = makeTwo();', '', 'const three = makeThree();', 'const four = makeFour();']; // prettier-ignore
  const committed = (story: Story, ...all: string[]): void => {
    story.person('a.ts', lines(...all));
    story.commitAll();
  };

  scenario('an agent’s, with a blank line', async (story) => {
    committed(story, ...five);
    await story.agent('a.ts', lines(five[0] ?? '', five[4] ?? ''));
    story.commitAll();
    story.expect('a.ts', rows(['.', five[0] ?? ''], ['x', ...five.slice(1, 4)], ['.', five[4] ?? '']));
  });

  scenario('an agent’s and a person’s', async (story) => {
    committed(story, ...five);
    await story.agent('a.ts', lines(...five.slice(1)));
    story.person('a.ts', lines(...five.slice(1, 4)));
    story.commitAll();
    story.expect('a.ts', rows(['x', five[0] ?? ''], ['.', ...five.slice(1, 4)], ['-', five[4] ?? '']));
  });

  scenario('an agent’s, staged in two commits', async (story) => {
    committed(story, ...five);
    await story.agent('a.ts', lines(five[0] ?? '', five[4] ?? ''));
    story.stage('a.ts', lines(five[0] ?? '', ...five.slice(2)));
    story.git('commit', '-qm', 'one');
    story.expect('a.ts', rows(['.', five[0] ?? ''], ['x', five[1] ?? ''], ['.', ...five.slice(2)]));
    story.commitAll('two');
    story.expect('a.ts', rows(['.', five[0] ?? ''], ['x', ...five.slice(2, 4)], ['.', five[4] ?? '']));
  });

  scenario('an agent’s, between equal neighbours', async (story) => {
    const block = ['if (ready) {', '  begin();', '}'];
    committed(story, ...block, 'if (second) {', '  follow();', '}', 'last();');
    await story.agent('a.ts', lines(...block, 'last();'));
    story.commitAll();
    story.expect('a.ts', rows(['.', ...block, 'last();'], ['x', 'if (second) {', '  follow();', '}']));
  });

  scenario('a person’s of an agent’s lines', async (story) => {
    await begun(story);
    story.commitAll();
    story.person('a.ts', BASE);
    story.commitAll();
    story.expect('a.ts', rows(['.', ...HEAD], ['-', '', ...AI], ['.', ...TAIL]));
  });

  scenario('of a whole file, by a person', async (story) => {
    await begun(story);
    story.commitAll();
    story.person('b.ts', lines('left();'));
    story.person('a.ts', null);
    story.commitAll();
    assert.equal(verdictsOf(story.repo, story.repo.git('rev-parse', 'HEAD').trim()).deleted.size, 0);
  });
});

describe('carrying: git', () => {
  scenario('stash and pop', async (story) => {
    await begun(story);
    story.git('stash', '-q');
    story.git('stash', 'pop', '-q');
    story.commitAll();
    story.expect('a.ts', ADDED);
  });

  scenario('another branch and back', async (story) => {
    await begun(story);
    story.commitAll();
    story.git('checkout', '-q', '-b', 'other', 'HEAD~1');
    story.person('b.ts', lines('const other = "by hand";'));
    story.commitAll('other');
    story.git('checkout', '-q', 'main');
    story.person('a.ts', lines(...HEAD, '', ...AI, ...TAIL, 'const byHand = "typed";'));
    story.commitAll();
    story.expect('a.ts', rows(['.', ...HEAD, '', ...AI, ...TAIL], ['h', 'const byHand = "typed";']));
  });

  scenario('uncommitted lines carried to another branch', async (story) => {
    await begun(story);
    story.git('checkout', '-q', '-b', 'other');
    story.commitAll();
    story.expect('a.ts', ADDED);
  });

  scenario('a soft reset of three commits', async (story) => {
    await begun(story);
    story.commitAll('one');
    story.person('a.ts', lines(...HEAD, '', ...AI, ...TAIL, 'const byHand = "typed";'));
    story.commitAll('two');
    await story.agent('b.ts', lines('const b = madeByTheAgent();'));
    story.commitAll('three');
    story.git('reset', '-q', '--soft', 'HEAD~3');
    story.git('commit', '-qm', 'all again');
    story.expect(
      'a.ts',
      rows(['.', ...HEAD], ['a', '', ...AI], ['.', ...TAIL], ['h', 'const byHand = "typed";']),
    );
    story.expect('b.ts', rows(['a', 'const b = madeByTheAgent();']));
  });

  scenario('an amend with a person’s line', async (story) => {
    await begun(story);
    story.commitAll();
    story.person('a.ts', lines('const byHand = "typed";', ...HEAD, '', ...AI, ...TAIL));
    story.git('add', '-A');
    story.git('commit', '-q', '--amend', '--no-edit');
    story.expect('a.ts', rows(['h', 'const byHand = "typed";'], ['.', ...HEAD], ['a', '', ...AI], ['.', ...TAIL])); // prettier-ignore
  });

  scenario('an amend and a soft reset where nothing but history knows', async (story) => {
    await begun(story);
    story.commitAll();
    story.forget();
    const typed = 'const byHand = "typed";';
    story.person('a.ts', lines(typed, ...HEAD, '', ...AI, ...TAIL));
    story.git('add', '-A');
    story.git('commit', '-q', '--amend', '--no-edit');
    story.expect('a.ts', rows(['h', typed], ['.', ...HEAD], ['a', '', ...AI], ['.', ...TAIL]));
    story.git('reset', '-q', '--soft', 'HEAD~1');
    story.git('commit', '-qm', 'all again');
    story.expect('a.ts', rows(['h', typed], ['.', ...HEAD], ['a', '', ...AI], ['.', ...TAIL]));
  });

  scenario('a cherry-pick, and a revert of the revert', async (story) => {
    await begun(story);
    story.commitAll();
    const picked = story.repo.git('rev-parse', 'HEAD').trim();
    story.git('checkout', '-q', '-b', 'other', 'HEAD~1');
    story.person('a.ts', lines('const byHand = "typed";', ...HEAD, ...TAIL));
    story.commitAll();
    story.git('cherry-pick', picked);
    story.expect('a.ts', rows(['.', 'const byHand = "typed";', ...HEAD], ['a', '', ...AI], ['.', ...TAIL]));
    story.git('revert', '--no-edit', 'HEAD');
    story.git('revert', '--no-edit', 'HEAD');
    story.expect('a.ts', rows(['.', 'const byHand = "typed";', ...HEAD], ['a', '', ...AI], ['.', ...TAIL]));
  });

  scenario('a revert of the agent’s change of a line, in a file that was renamed since', async (story) => {
    const typed = 'const amount = countOf(people, things);';
    story.person('a.ts', lines(...HEAD, typed, ...TAIL));
    story.commitAll();
    await story.agent('a.ts', lines(...HEAD, 'const amount = countOf(people, animals);', ...TAIL));
    story.commitAll();
    story.git('mv', 'a.ts', 'b.ts');
    story.commitAll();
    story.git('revert', '--no-edit', 'HEAD~1');
    story.expect('b.ts', rows(['.', ...HEAD], ['h', typed], ['.', ...TAIL]));
  });

  scenario('lines that git could count from the blank line above or to the one below', async (story) => {
    // Which of them it is depends on where the common end of both texts begins, in steps of 1,024 bytes.
    const loader = (name: string): string[] => [
      '',
      '/**',
      ` * The ${name}.`,
      ' */',
      `export function ${name}() {`,
      `  return load("${name}");`,
      '}',
    ];
    const end = [...Array.from({ length: 20 }, () => `// ${'x'.repeat(60)}`), `// ${'y'.repeat(691)}`];
    const kept = [...loader('last'), ...end];
    story.person('a.ts', lines('export const a = 1;', ...kept));
    story.commitAll();
    await story.agent('a.ts', lines('export const a = 1;', ...loader('first'), ...kept));
    story.commitAll();
    story.expect('a.ts', rows(['.', 'export const a = 1;'], ['a', ...loader('first')], ['.', ...kept]));
  });

  scenario('a squash merge', async (story) => {
    story.person('a.ts', BASE);
    story.commitAll();
    story.git('checkout', '-q', '-b', 'topic');
    await story.agent('a.ts', WITH_AI);
    story.commitAll('one');
    story.person('a.ts', lines(...HEAD, '', ...AI, ...TAIL, 'const byHand = "typed";'));
    story.commitAll('two');
    story.git('checkout', '-q', 'main');
    story.git('merge', '-q', '--squash', 'topic');
    story.git('commit', '-qm', 'squashed');
    story.expect('a.ts', rows(['.', ...HEAD], ['a', '', ...AI], ['.', ...TAIL], ['h', 'const byHand = "typed";'])); // prettier-ignore
  });
});

after(() => {
  const share = ((100 * total.aiFound) / total.ai).toFixed(1);
  console.log(
    `    ${total.scenarios} scenarios: R1 ${total.humanAsAi} of ${total.human} human lines called ai; ` +
      `R2 ${total.aiFound} of ${total.ai} AI lines found (${share} %), ${total.aiAsHuman} called human; ` +
      `${total.mixed} mixed, ${total.deleted} AI deletions`,
  );
  assert.equal(total.humanAsAi, 0);
  assert.equal(total.aiAsHuman, 0);
  assert.ok(total.aiFound >= 0.98 * total.ai);
});
