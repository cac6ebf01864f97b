import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { installHooks } from '../../src/app/install';
import { openCommits } from '../../src/app/committed';
import { blame } from '../../src/app/blame';
import type { ResolvedRange } from '../../src/core/resolve';
import { openObjects } from '../../src/git/objects';
import { Chance, randomLines } from '../support/line-model';
import { scratchRepo, type ScratchRepo } from '../support/scratch-repo';

export interface HistoryOptions {
  readonly seed: number;
  /** So many commits of the history are rewritten. */
  readonly commits: number;
  /** A repository whose history is taken; null: one is made up. */
  readonly source: string | null;
  /** Called with the folder of the repository and its clone, which then stay; without it they go. */
  readonly onKept?: (folder: string) => void;
  readonly onProgress?: (done: number, how: string) => void;
}

/** Lines are those of the last commit, by blame; only texts that stand once in the whole history are judged. */
export interface HistoryTally {
  commits: number;
  ranges: number;
  exact: number;
  moved: number;
  stale: number;
  modelLines: number;
  found: number;
  /** A model's line of which nobody knows any more whose it is. */
  lost: number;
  personLines: number;
  /** A person's line that has a word of a model's line in its place: `mixed` is right for it. */
  mixed: number;
  /** A person's line that has nothing but words of the model's lines that it replaces: `ai` is right for it. */
  rest: number;
  /** Commits that were rewritten, by the means. */
  by: Record<string, number>;
  /**
   * Lines that are lost, by the means that made the commit that blame names, and apart from them those of a commit that
   * it was not made of: where the same place was changed twice, git takes what stands around it as well.
   */
  lostBy: Record<string, number>;
  lostLines: string[];
  wrong: string[];
}

/**
 * Writes provenance into a long history, rewrites it by every means of git with the hooks installed, clones it and reads
 * the clone. The account that it is held against knows of each text that stands once in the history who wrote it, and
 * shares nothing with the code. Wrong are: a person's line called a model's, a model's called a person's, and a range
 * that is `stale` although exactly its lines are among those that the commit adds.
 */
export async function fuzzHistory(options: HistoryOptions): Promise<HistoryTally> {
  const repo = scratchRepo({ config: { 'hunkmark.detail': 'full', 'core.autocrlf': 'false' } });
  try {
    const chance = new Chance(options.seed);
    const chain = options.source === null ? makeUp(repo, chance, options.commits) : take(repo, options);
    const account = writeProvenance(repo, chance, chain);
    // The hooks wake where some ref reaches a commit with trailers.
    repo.git('branch', 'written', account.commits.at(-1) ?? 'HEAD');
    const hooks = {
      repositoryDir: repo.dir,
      hookProgram: resolve('dist/hook.js'),
      nodePath: process.execPath,
    };
    if ((await installHooks(hooks)).kind !== 'installed') throw new Error('the hooks were not installed');
    const rewritten = rewrite(repo, chance, account, options);
    return await judgeClone(repo, account, rewritten);
  } finally {
    if (options.onKept === undefined) repo.dispose();
    else options.onKept(repo.root);
  }
}

// ---- a history

/** Commits of one line of descent, the first one first. */
function take(repo: ScratchRepo, { source, commits }: HistoryOptions): string[] {
  repo.git('fetch', '--quiet', '--no-tags', source ?? '', 'HEAD');
  const all = repo.git('rev-list', '--first-parent', '--reverse', 'FETCH_HEAD').trim().split('\n');
  return all.slice(-commits - 1);
}

const FILES = 6;

function makeUp(repo: ScratchRepo, chance: Chance, commits: number): string[] {
  const texts = Array.from({ length: FILES }, () => randomLines(chance, 40));
  const parts: string[] = [];
  for (let number = 0; number <= commits; number++) {
    const changed = number === 0 ? [...texts.keys()] : [chance.number(FILES), chance.number(FILES)];
    for (const at of new Set(changed)) {
      const text = texts[at] ?? [];
      if (number > 0)
        text.splice(chance.number(text.length + 1), chance.number(4), ...randomLines(chance, 8));
    }
    const files = [...new Set(changed)].map((at) => {
      const bytes = (texts[at] ?? []).map((line) => `${line}\n`).join('');
      return `M 100644 inline src/file${at}.ts\ndata ${Buffer.byteLength(bytes)}\n${bytes}\n`;
    });
    const who = `A Person <person@example.com> ${1_600_000_000 + number} +0000`;
    const message = `change ${number}\n`;
    parts.push(
      `commit refs/heads/source\ncommitter ${who}\ndata ${message.length}\n${message}${files.join('')}\n`,
    );
  }
  repo.git('fast-import', '--quiet', { stdin: parts.join('') });
  return repo.git('rev-list', '--reverse', 'source').trim().split('\n');
}

// ---- provenance in it, by an account of its own

interface Account {
  /** The commits with provenance, the first one first; the first is the base and has none. */
  readonly commits: readonly string[];
  /** Who wrote a line that stands once, and in which of the commits. */
  readonly writers: ReadonlyMap<string, Writer>;
  /** The text of each range that was written. */
  readonly texts: Map<string, string>;
  /** All words of lines that models wrote. */
  readonly words: ReadonlySet<string>;
}

interface Writer {
  readonly who: 'model' | 'person';
  /** Index of the commit. */
  readonly commit: number;
  /** It has no word that did not stand in a model's line of the file before: what is left of that is still a model's. */
  readonly isRest: boolean;
}

interface Span {
  readonly path: string;
  readonly side: '+' | '-';
  readonly start: number;
  readonly lines: readonly string[];
}

function writeProvenance(repo: ScratchRepo, chance: Chance, chain: readonly string[]): Account {
  const [base = '', ...rest] = chain;
  const changes = rest.map((commit, at) => changesOf(repo, chain[at] ?? base, commit));
  const seen = new Map<string, number>();
  const count = (line: string): void => void seen.set(keyOf(line), (seen.get(keyOf(line)) ?? 0) + 1);
  for (const text of allLines(repo, base)) count(text);
  for (const { side, lines } of changes.flat()) if (side === '+') lines.forEach(count);
  const writers = new Map<string, Writer>();
  const texts = new Map<string, string>();
  const words = new Set<string>();
  const held = new Map<string, ReadonlySet<string>>();
  const commits = [base];
  for (const [at, all] of changes.entries()) {
    const spans = all.filter(isJudged);
    const written = spans.filter(({ side }) => chance.percent(side === '+' ? 50 : 25));
    const gone = wordsGone(spans, held);
    for (const span of spans) {
      const isModels = written.includes(span);
      if (isModels) texts.set(digestOf(span.lines), span.lines.join(''));
      if (span.side === '-') continue;
      for (const line of span.lines) {
        if (isModels) for (const word of wordsOf(line)) words.add(word);
        const own = allWords(line);
        const models = isModels ? own : own.filter((word) => gone.get(span.path)?.has(word));
        held.set(keyOf(line), new Set(models));
        if (seen.get(keyOf(line)) !== 1 || wordsOf(line).length === 0) continue;
        const isRest = !isModels && models.length === own.length;
        writers.set(keyOf(line), { who: isModels ? 'model' : 'person', commit: commits.length, isRest });
      }
    }
    const message = `change ${at}\n\nWhy it was made.\n${trailersOf(spans, written)}`;
    const tree = `${rest[at]}^{tree}`;
    commits.push(repo.git('commit-tree', tree, '-p', commits.at(-1) ?? base, { stdin: message }).trim());
  }
  return { commits, writers, texts, words };
}

/** By file, the words of models in the lines that a commit takes out of it. `held`: such words by the key of a line. */
function wordsGone(
  spans: readonly Span[],
  held: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const gone = new Map<string, Set<string>>();
  for (const { side, path, lines } of spans) {
    if (side !== '-') continue;
    const words = lines.flatMap((line) => [...(held.get(keyOf(line)) ?? [])]);
    gone.set(path, new Set([...(gone.get(path) ?? []), ...words]));
  }
  return gone;
}

function digestOf(lines: readonly string[]): string {
  return createHash('sha256').update(lines.join('')).digest('hex').slice(0, 8);
}

/** A formatter takes no line from anybody: a line that is only indented or quoted anew is the same line. */
function keyOf(line: string): string {
  return line.replace(/[\s,;'"`()]/g, '');
}

function wordsOf(line: string): string[] {
  return line.match(/[A-Za-z]{4,}/g) ?? [];
}

function allWords(line: string): string[] {
  return line.match(/\w+/g) ?? [];
}

function allLines(repo: ScratchRepo, commit: string): string[] {
  const names = repo.git('ls-tree', '-r', '-z', '--name-only', commit).split('\0').filter(Boolean);
  return names.flatMap((name) => splitText(repo.gitTry('show', `${commit}:${name}`).stdout));
}

function splitText(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

/** That of the trailers, but that git says of a file with a NUL that it is binary: it has no lines. */
const DIFF = ['-r', '-p', '-U0', '--diff-algorithm=histogram', '--indent-heuristic', '-M50%', '-l1000'];

/** What a commit changes in text files with names that need no escaping. */
function spansOf(repo: ScratchRepo, parent: string, commit: string): Span[] {
  return changesOf(repo, parent, commit).filter(isJudged);
}

function isJudged({ path, lines }: Change): boolean {
  return path !== '' && lines.length > 0 && !lines.some((line) => /[\0\ufffd]/.test(line));
}

/** All that a commit changes: what stands in a file that is not judged stands there all the same. */
function changesOf(repo: ScratchRepo, parent: string, commit: string): Change[] {
  const spans: OpenSpan[] = [];
  const paths: Record<string, string | null> = {};
  let isText = true;
  let hunk: readonly OpenSpan[] | null = null;
  let last: OpenSpan | undefined;
  for (const line of repo.git('diff-tree', ...DIFF, parent, commit).split('\n')) {
    const places = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line);
    const sign = line.charAt(0);
    if (line.startsWith('diff --git ')) [isText, hunk] = [true, null];
    else if (hunk === null && /^(?:---|\+\+\+) /.test(line)) paths[sign] = nameOf(line.slice(6));
    else if (/^(?:new|deleted|old) .*(?:120000|160000)$/.test(line)) isText = false;
    else if (places) {
      hunk = (['-', '+'] as const).flatMap((side, at) => {
        const path = (isText ? paths[side] : null) ?? '';
        return [{ path, side, start: Number(places[at + 1]), lines: [] }];
      });
      spans.push(...hunk);
    } else if (line.startsWith('\\')) last?.lines.push((last.lines.pop() ?? '').replace(/\n$/, ''));
    else if (hunk !== null && /[+-]/.test(sign)) {
      last = hunk.find(({ side }) => side === sign);
      last?.lines.push(`${line.slice(1)}\n`);
    }
  }
  return spans;
}

/** `path` is empty in a file that is not judged. */
type Change = Span;
type OpenSpan = Span & { readonly lines: string[] };

function nameOf(path: string): string | null {
  return /^[\w./@+-]+$/.test(path) && path !== 'ev/null' ? path : null;
}

function trailersOf(all: readonly Span[], written: readonly Span[]): string {
  if (written.length === 0) return '';
  const sum = (spans: readonly Span[], side: string): number =>
    spans.filter((span) => span.side === side).reduce((total, { lines }) => total + lines.length, 0);
  const ai = sum(written, '+');
  const numbers = `ai=${ai} mixed=0 human=0 unknown=${sum(all, '+') - ai} ai-deleted=${sum(written, '-')}`;
  const ranges = written.map(
    ({ path, side, start, lines }) =>
      `AI-Hunk: ${path.replace('@', '%40')} ${side}${start},${lines.length}:${digestOf(lines)} ai agent codex\n`,
  );
  return `\nAI-Provenance: v1 ${numbers} hunks=${written.length} listed=${written.length}\nAssisted-by: codex\n${ranges.join('')}`;
}

// ---- rewriting

type Means = (repo: ScratchRepo, from: string, to: string, number: number) => boolean;

/** `from` is not among the commits that are taken onto HEAD, `to` is the last of them. */
const MEANS: Readonly<Record<string, Means>> = {
  'cherry-pick': picked,
  rebase: (repo, from, to) => rebased(repo, from, to, []),
  'rebase over a change above': (repo, from, to, number) => {
    const file = repo.git('diff-tree', '-r', '--name-only', '--diff-filter=M', from, to).split('\n')[0] ?? '';
    if (file === '' || repo.gitTry('cat-file', '-e', `HEAD:${file}`).status !== 0)
      return rebased(repo, from, to, []);
    repo.write(file, `// a line above, number ${number}\n${repo.read(file)}`);
    repo.git('commit', '--quiet', '-am', 'above');
    return rebased(repo, from, to, []);
  },
  amend: (repo, from, to, number) => {
    if (!picked(repo, from, to)) return false;
    repo.write('notes.txt', `a note of a person, number ${number}\n`);
    repo.git('add', 'notes.txt');
    return repo.gitTry('commit', '--quiet', '--amend', '--no-edit').status === 0;
  },
  reword: (repo, from, to) => rebased(repo, from, to, ['s/^pick/reword/']),
  squash: (repo, from, to) => rebased(repo, from, to, ['2,$s/^pick/squash/']),
  fixup: (repo, from, to) => rebased(repo, from, to, ['2,$s/^pick/fixup/']),
  'merge --squash': (repo, from, to) => {
    const [onto, branch] = [repo.git('rev-parse', 'HEAD').trim(), 'side'];
    if (!rebased(repo, from, to, [])) return false;
    repo.git('branch', '--force', branch, 'HEAD');
    repo.git('reset', '--quiet', '--hard', onto);
    repo.git('merge', '--quiet', '--squash', branch);
    return repo.gitTry('commit', '--quiet', '--no-edit').status === 0;
  },
  'squash by a forge': (repo, from, to) => {
    const onto = repo.git('rev-parse', 'HEAD').trim();
    if (!rebased(repo, from, to, [])) return false;
    const messages = repo.git('log', '--reverse', '--format=* %B', `${onto}..HEAD`);
    const stdin = `Squashed (#7)\n\n${messages}\n---------\n\nCo-authored-by: Ana <ana@example.com>\n`;
    const made = repo.git('commit-tree', 'HEAD^{tree}', '-p', onto, { stdin }).trim();
    repo.git('reset', '--quiet', '--hard', made);
    return true;
  },
};

function picked(repo: ScratchRepo, from: string, to: string): boolean {
  return isDone(repo, repo.gitTry('cherry-pick', '-X', 'theirs', '--allow-empty', `${from}..${to}`).status);
}

function rebased(repo: ScratchRepo, from: string, to: string, script: readonly string[]): boolean {
  const onto = repo.git('rev-parse', 'HEAD').trim();
  repo.git('checkout', '--quiet', '--detach', to);
  const how = script.length === 0 ? [] : ['--interactive'];
  const env = { GIT_SEQUENCE_EDITOR: `sed -i -e '${script[0] ?? ''}'`, GIT_EDITOR: 'true' };
  const words = ['rebase', '--quiet', ...how, '-X', 'theirs', '--onto', onto, from];
  const { status } = repo.gitTry(...words, { env });
  if (status === 0) return true;
  repo.gitTry('rebase', '--abort');
  repo.git('checkout', '--quiet', '--force', '--detach', onto);
  return false;
}

/** What git cannot do by itself is left out, and the commits after it are what they are. */
function isDone(repo: ScratchRepo, status: number): boolean {
  if (status === 0) return true;
  repo.gitTry('cherry-pick', '--abort');
  return false;
}

const LONGEST = 6;

function rewrite(
  repo: ScratchRepo,
  chance: Chance,
  { commits }: Account,
  { onProgress }: HistoryOptions,
): Rewritten {
  const by: Record<string, number> = {};
  const made = new Map<string, Made>();
  const names = Object.keys(MEANS);
  repo.git('checkout', '--quiet', '--force', '--detach', commits[0] ?? '');
  for (let at = 0, turn = 0; at < commits.length - 1; turn++) {
    const name = names[turn % names.length] ?? 'rebase';
    const to = Math.min(commits.length - 1, at + 1 + chance.number(LONGEST));
    const words = [commits[at] ?? '', commits[to] ?? ''] as const;
    const onto = repo.git('rev-parse', 'HEAD').trim();
    const isDone = MEANS[name]?.(repo, ...words, turn) ?? false;
    const how = isDone ? name : 'could not be done';
    for (const oid of repo.git('rev-list', `${onto}..HEAD`).split('\n')) made.set(oid, { how, from: at, to });
    by[how] = (by[how] ?? 0) + to - at;
    at = to;
    onProgress?.(at, how);
  }
  repo.git('checkout', '--quiet', '-B', 'rewritten');
  return { by, made };
}

interface Rewritten {
  readonly by: Record<string, number>;
  readonly made: ReadonlyMap<string, Made>;
}

/** By what a commit was made, and of which: those behind `from` until `to`. */
interface Made {
  readonly how: string;
  readonly from: number;
  readonly to: number;
}

// ---- judging

async function judgeClone(repo: ScratchRepo, account: Account, rewritten: Rewritten): Promise<HistoryTally> {
  const clone = join(repo.root, 'clone');
  repo.git(
    'clone',
    '--quiet',
    '--no-local',
    '--branch',
    'rewritten',
    '--single-branch',
    `file://${repo.dir}`,
    clone,
  );
  const tally: HistoryTally = {
    commits: 0,
    ranges: 0,
    exact: 0,
    moved: 0,
    stale: 0,
    modelLines: 0,
    found: 0,
    lost: 0,
    personLines: 0,
    mixed: 0,
    rest: 0,
    by: rewritten.by,
    lostBy: {},
    lostLines: [],
    wrong: [],
  };
  await judgeRanges(repo, clone, account, tally);
  await judgeLines(repo, clone, account, tally, rewritten);
  return tally;
}

async function judgeRanges(
  repo: ScratchRepo,
  clone: string,
  account: Account,
  tally: HistoryTally,
): Promise<void> {
  const objects = openObjects(clone);
  try {
    const commits = openCommits(clone, objects);
    const range = `${account.commits[0]}..HEAD`;
    for (const oid of repo.git('-C', clone, 'rev-list', '--no-merges', range).trim().split('\n')) {
      const read = await commits.read(oid);
      tally.commits++;
      const resolved = read?.resolved ?? [];
      const stale = resolved.filter(({ range, verdict }) => {
        const isFound = verdict === 'exact' || verdict === 'moved';
        if (range.source === 'body' && !isFound) return false;
        tally.ranges++;
        // What lies behind the end of a file that has become shorter was changed, too.
        tally[verdict === 'invalid' ? 'stale' : verdict]++;
        return !isFound;
      });
      if (stale.length === 0) continue;
      const spans = spansOf(repo, `${oid}^`, oid);
      const taken = takenLines(resolved, spans);
      for (const { range } of stale) {
        const text = account.texts.get(range.digest);
        const own = spans.filter(({ side, path }) => side === range.side && path === range.path);
        if (text !== undefined && own.some((span) => standsFree(text, range.count, span, taken)))
          tally.wrong.push(
            `${oid}: ${range.path} ${range.side}${range.start} is stale, and its lines are there`,
          );
      }
    }
  } finally {
    objects.close();
  }
}

/**
 * Lines at which another range stands: each place is for one range, and none goes over one that is where it says. After a
 * change above, a range of one line can be so by chance (package-lock.json has the same line for many packages), and
 * where that is in the middle of a longer range there is no place for that.
 */
function takenLines(resolved: readonly ResolvedRange[], spans: readonly Span[]): ReadonlySet<string> {
  const taken = new Set<string>();
  for (const { range, at } of resolved) {
    if (at === null) continue;
    const span = spans.find(({ side, path, start, lines }) => {
      const isIn = at.start >= start && at.start + range.count <= start + lines.length;
      return isIn && side === range.side && path === at.path;
    });
    if (!span || digestOf(linesAt(span, at.start, range.count)) !== range.digest) continue;
    for (let line = at.start; line < at.start + range.count; line++) taken.add(placeOf(span, line));
  }
  return taken;
}

function standsFree(text: string, count: number, span: Span, taken: ReadonlySet<string>): boolean {
  for (let start = span.start; start + count <= span.start + span.lines.length; start++) {
    const numbers = Array.from({ length: count }, (_, at) => start + at);
    const isFree = numbers.every((line) => !taken.has(placeOf(span, line)));
    if (isFree && linesAt(span, start, count).join('') === text) return true;
  }
  return false;
}

function linesAt(span: Span, start: number, count: number): readonly string[] {
  return span.lines.slice(start - span.start, start - span.start + count);
}

function placeOf({ side, path }: Span, line: number): string {
  return `${side}${path}:${line}`;
}

async function judgeLines(
  repo: ScratchRepo,
  clone: string,
  account: Account,
  tally: HistoryTally,
  rewritten: Rewritten,
): Promise<void> {
  const names = repo.git('-C', clone, 'ls-tree', '-r', '-z', '--name-only', 'HEAD').split('\0');
  for (const name of names.filter(Boolean)) {
    const { lines } = await blame({ cwd: clone, env: {} }, name, 'HEAD');
    for (const line of lines) {
      const writer = account.writers.get(keyOf(line.text));
      if (!writer) continue;
      const where = `${name}:${line.line} is ${line.class}, by ${writer.who}: ${line.text.trim()}`;
      if (writer.who === 'person') {
        tally.personLines++;
        const isDerived =
          line.class === 'mixed' && wordsOf(line.text).some((word) => account.words.has(word));
        if (isDerived) tally.mixed++;
        else if (writer.isRest && line.class === 'ai') tally.rest++;
        else if (line.class === 'ai' || line.class === 'mixed') tally.wrong.push(where);
      } else {
        tally.modelLines++;
        if (line.class === 'ai') tally.found++;
        else if (line.class === 'human') tally.wrong.push(where);
        else {
          tally.lost++;
          const how = howLost(writer, rewritten.made.get(line.commit ?? ''));
          tally.lostBy[how] = (tally.lostBy[how] ?? 0) + 1;
          tally.lostLines.push(`${line.commit} by ${how}: ${where}`);
        }
      }
    }
  }
}

function howLost({ commit }: Writer, made: Made | undefined): string {
  if (!made) return 'the base';
  return commit > made.from && commit <= made.to ? made.how : 'came with another commit';
}
