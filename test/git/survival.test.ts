import assert from 'node:assert/strict';
import { openCommits, type CommitProvenance } from '../../src/app/committed';
import type { ResolvedRange } from '../../src/core/resolve';
import { openObjects } from '../../src/git/objects';
import { gitBytes, readHistory, tell, type Scene } from '../support/agent-edits';
import type { ScratchRepo } from '../support/scratch-repo';

/*
 * What is left of the trailers after git has rewritten the commits that carry them. Who wrote a line is in the line:
 * an agent's has a word that begins with `agent`, a person's one with `person`, and a line of both is mixed. Lines
 * without such a word (`}`) say nothing by themselves.
 */

interface Rewrite {
  readonly name: string;
  readonly does: (scene: Scene) => Promise<void> | void;
  /** Why some of it is lost, and where; what is said must still be right. */
  readonly loses?: { readonly what: string; readonly where: 'everywhere' | 'in a clone' };
}

const words = (prefix: string, from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, at) => `${prefix}${String.fromCharCode(64 + from + at)}`);
const use = (...names: string[]): string[] => names.map((name) => `  use(${name});\n`);
const block = (name: string, ...body: string[]): string[] => [
  `if (${name}) {\n`,
  ...body,
  '  return;\n',
  '}\n',
  '\n',
];

const BASE = [
  ...block('personFirst', ...use(...words('personFirst', 1, 4))),
  ...block('personSecond', ...use(...words('personSecond', 1, 4))),
  ...block('personThird', ...use(...words('personThird', 1, 4))),
];
/** The agent: a block between the first two, a line into the second, two lines of the third gone, one changed. */
const WRITTEN = [
  ...BASE.slice(0, 8),
  ...block('agentNew', ...use(...words('agentNew', 1, 3))),
  ...BASE.slice(8, 11),
  ...use('agentInside'),
  ...BASE.slice(11, 17),
  '  use(personThirdA, agentChanged);\n',
  ...BASE.slice(20),
];
const NEW_FILE = block('agentFile', ...use(...words('agentFile', 1, 6)));
const TOP = ['// personTopOne\n', '// personTopTwo\n', '// personTopThree\n'];
const text = (lines: readonly string[]): string => lines.join('');

function given(repo: ScratchRepo): void {
  repo.write('lib.ts', text(BASE));
  repo.write('other.ts', text(use(...words('personOther', 1, 5))));
  repo.git('add', '.');
  repo.git('commit', '--quiet', '-m', 'initial', {
    env: { GIT_AUTHOR_DATE: '1600000000 +0000', GIT_COMMITTER_DATE: '1600000000 +0000' },
  });
}

/** Three commits on `topic`: the agent in lib.ts, a person in other.ts, the agent and the person in two files. */
async function series(s: Scene): Promise<void> {
  s.git('switch', '-qc', 'topic');
  await s.agent('lib.ts', text(WRITTEN));
  s.git('commit', '-qam', 'first');
  s.person('other.ts', text(use(...words('personOther', 1, 5), 'personMore')));
  s.git('commit', '-qam', 'second');
  await s.agent('src/new.ts', text(NEW_FILE));
  s.person('src/new.ts', text([...NEW_FILE.slice(0, 3), ...use('personInside'), ...NEW_FILE.slice(3)]));
  s.git('add', '.');
  s.git('commit', '-qm', 'third');
}

async function behindMain(s: Scene): Promise<void> {
  await series(s);
  s.git('switch', '-q', 'main');
  s.person('lib.ts', text([...TOP, ...BASE]));
  s.git('commit', '-qam', 'main commit');
  s.git('switch', '-q', 'topic');
}

const todo = (script: string): { env: Record<string, string> } => ({
  env: { GIT_SEQUENCE_EDITOR: `sed -i -e '${script}'` },
});

const REWRITES: readonly Rewrite[] = [
  { name: 'amend, message only', does: (s) => void s.git('commit', '-q', '--amend', '-m', 'y') },
  { name: 'amend, a person adds above', does: (s) => amend(s, text([...TOP, ...WRITTEN])) },
  { name: 'amend, a person inside a range', does: (s) => amend(s, text(inside(WRITTEN, 'personBetween'))) },
  {
    name: 'amend, a person deletes half a range',
    does: (s) => amend(s, text(WRITTEN.filter((line) => !/agentNew[AB]/.test(line)))),
  },
  { name: 'amend, reformatted', does: (s) => amend(s, text(WRITTEN).replaceAll('  ', '\t')) },
  {
    name: 'amend, rename',
    does: (s) => {
      s.git('mv', 'lib.ts', 'moved.ts');
      s.git('commit', '-q', '--amend', '--no-edit');
    },
  },
  {
    name: 'amend, rename and a person above',
    does: (s) => {
      s.git('mv', 'lib.ts', 'moved.ts');
      s.person('moved.ts', text([...TOP, ...WRITTEN]));
      s.git('commit', '-qa', '--amend', '--no-edit');
    },
  },
  {
    name: 'amend -n',
    does: (s) => {
      s.person('lib.ts', text([...TOP, ...WRITTEN]));
      s.git('commit', '-qan', '--amend', '--no-edit');
    },
  },
  { name: 'amend, a block moved to another file', does: movedBlock },
  { name: 'rebase', does: (s) => void s.git('rebase', '-q', 'main') },
  { name: 'rebase --apply', does: (s) => void s.git('rebase', '-q', '--apply', 'main') },
  { name: 'rebase, order changed', does: (s) => void s.git('rebase', '-qi', 'main', todo('1{h;d};3{G}')) },
  {
    name: 'reword',
    does: (s) =>
      void s.git('rebase', '-qi', 'main', {
        env: { ...todo('1,3s/pick/reword/').env, GIT_EDITOR: `sed -i -e '1s/^/re/'` },
      }),
  },
  { name: 'squash', does: (s) => void s.git('rebase', '-qi', 'main', todo('2,3s/pick/squash/')) },
  {
    name: 'squash of the last two',
    does: (s) => void s.git('rebase', '-qi', 'main', todo('3s/pick/squash/')),
  },
  { name: 'fixup', does: (s) => void s.git('rebase', '-qi', 'main', todo('2,3s/pick/fixup/')) },
  { name: 'edit, a person amends', does: editStop },
  { name: 'split', does: split },
  {
    name: 'cherry-pick of three',
    does: (s) => {
      s.git('switch', '-q', 'main');
      s.git('cherry-pick', 'topic~3..topic');
    },
  },
  {
    name: 'cherry-pick -n of three, commit -m',
    does: (s) => {
      s.git('switch', '-q', 'main');
      s.git('cherry-pick', '-n', 'topic~3..topic');
      s.git('commit', '-qm', 'picked');
    },
    loses: { what: 'git keeps the message of the last one only', where: 'in a clone' },
  },
  {
    name: 'cherry-pick -n, commit',
    does: (s) => {
      s.git('switch', '-q', 'main');
      s.git('cherry-pick', '-n', 'topic~2');
      s.git('commit', '-q', '--no-edit');
    },
  },
  {
    name: 'cherry-pick where some of it is',
    does: pickedInPart,
    loses: { what: 'the commit adds only some of the lines of a range', where: 'everywhere' },
  },
  {
    name: 'merge --squash, commit',
    does: (s) => {
      s.git('switch', '-q', 'main');
      s.git('merge', '-q', '--squash', 'topic');
      s.git('commit', '-q', '--no-edit');
    },
  },
  {
    name: 'merge --squash, commit -m',
    does: (s) => {
      s.git('switch', '-q', 'main');
      s.git('merge', '-q', '--squash', 'topic');
      s.git('commit', '-qm', 'squashed');
    },
  },
  {
    name: 'merge',
    does: (s) => {
      s.git('switch', '-q', 'main');
      s.git('merge', '-q', '--no-edit', 'topic');
    },
  },
  {
    name: 'reset --soft of one',
    does: (s) => {
      s.git('reset', '-q', '--soft', 'HEAD~');
      s.git('commit', '-qm', 'again');
    },
  },
  {
    name: 'reset --soft of three',
    does: (s) => {
      s.git('reset', '-q', '--soft', 'HEAD~3');
      s.git('commit', '-qm', 'again');
    },
  },
  {
    name: 'reset, commit of all',
    does: (s) => {
      s.git('reset', '-q', 'HEAD~3');
      s.git('add', '.');
      s.git('commit', '-qm', 'again');
    },
  },
  {
    name: 'revert of the revert',
    does: (s) => {
      s.git('revert', '--no-edit', 'HEAD~2');
      s.git('revert', '--no-edit', 'HEAD');
    },
  },
  {
    name: 'revert -n of the revert',
    does: (s) => {
      s.git('revert', '--no-edit', 'HEAD~2');
      s.git('revert', '-n', 'HEAD');
      s.git('commit', '-qm', 'back');
    },
  },
  {
    name: 'stash, pop',
    does: async (s) => {
      await s.agent('src/new.ts', text([...NEW_FILE, ...use('agentLast')]));
      s.git('stash', '-q');
      s.git('rebase', '-q', 'main');
      s.git('stash', 'pop', '-q');
      s.git('commit', '-qam', 'popped');
    },
  },
  {
    name: 'rename only',
    does: (s) => {
      s.git('mv', 'lib.ts', 'moved.ts');
      s.git('commit', '-qm', 'renamed');
    },
  },
  {
    name: 'rename in a rebase',
    does: (s) => {
      s.git('switch', '-q', 'main');
      s.git('mv', 'lib.ts', 'moved.ts');
      s.git('commit', '-qm', 'renamed');
      s.git('switch', '-q', 'topic');
      s.git('rebase', '-q', 'main');
    },
    loses: {
      what: 'a range is looked for in its own path, and this commit renames nothing',
      where: 'everywhere',
    },
  },
  {
    name: 'am',
    does: (s) => {
      const mail = s.git('format-patch', '--stdout', 'topic~3..topic');
      s.git('switch', '-q', 'main');
      s.git('am', '-q', '-3', { stdin: mail });
    },
  },
  {
    name: 'commit -C after a reset',
    does: (s) => {
      s.git('reset', '-q', 'HEAD~');
      s.git('add', '.');
      s.git('commit', '-qC', 'ORIG_HEAD');
    },
  },
  {
    name: 'checkout --, one file of a branch',
    does: (s) => {
      s.git('switch', '-q', 'main');
      s.git('checkout', '-q', 'topic', '--', 'src/new.ts');
      s.git('commit', '-qm', 'taken');
    },
    loses: { what: 'no state names the source', where: 'in a clone' },
  },
];

function amend(s: Scene, lib: string): void {
  s.git('reset', '-q', '--hard', 'HEAD~2');
  s.person('lib.ts', lib);
  s.git('commit', '-qa', '--amend', '--no-edit');
}
function inside(lines: readonly string[], word: string): string[] {
  return lines.flatMap((line) => (line.includes('agentNewB') ? [line, ...use(word)] : [line]));
}
function movedBlock(s: Scene): void {
  s.git('reset', '-q', '--hard', 'HEAD~2');
  const block = WRITTEN.slice(8, 15);
  s.person('lib.ts', text(WRITTEN.filter((line) => !block.includes(line) || !/agent/.test(line))));
  s.person('helper.ts', text(block));
  s.git('add', '.');
  s.git('commit', '-q', '--amend', '--no-edit');
}
function editStop(s: Scene): void {
  s.git('rebase', '-qi', 'main', todo('1s/pick/edit/'));
  s.person('lib.ts', text([...TOP, ...TOP, ...inside(WRITTEN, 'personBetween')]));
  s.git('commit', '-qa', '--amend', '--no-edit');
  s.git('rebase', '--continue');
}
function split(s: Scene): void {
  s.git('rebase', '-qi', 'main~', todo('1s/pick/edit/'));
  s.git('reset', '-q', 'HEAD~');
  const half = s.git('hash-object', '-w', '--stdin', {
    stdin: text([...WRITTEN.slice(0, 15), ...BASE.slice(8)]),
  });
  s.git('update-index', '--cacheinfo', `100644,${half.trim()},lib.ts`);
  s.git('commit', '-qm', 'first half');
  s.git('commit', '-qam', 'second half');
  s.git('rebase', '--continue');
}
/** main has the upper half of the agent's block already: the picked commit adds only the lower one. */
function pickedInPart(s: Scene): void {
  s.git('switch', '-q', 'main');
  const half = s.git('hash-object', '-w', '--stdin', {
    stdin: text([...TOP, ...WRITTEN.slice(0, 11), ...BASE.slice(8)]),
  });
  s.git('update-index', '--cacheinfo', `100644,${half.trim()},lib.ts`);
  s.git('commit', '-qm', 'half of it');
  s.git('reset', '-q', '--hard');
  s.git('cherry-pick', 'topic~2', '-X', 'theirs');
}

interface Tally {
  written: number;
  exact: number;
  moved: number;
  stale: number;
  /** Lines that a range calls a model's and that are a person's, or the other way round in a digest. */
  wrong: number;
  agentLines: number;
  covered: number;
}

/** Reads every commit of HEAD but the first with the product's own reader, and judges it by the words in the lines. */
async function tallyOf(scene: Scene, rewrite: Rewrite, where: Where): Promise<Tally> {
  const tally: Tally = { written: 0, exact: 0, moved: 0, stale: 0, wrong: 0, agentLines: 0, covered: 0 };
  const objects = openObjects(scene.repo.dir);
  try {
    const commits = openCommits(scene.repo.dir, objects);
    const origins = await textsByDigest(scene, commits);
    for (const oid of gitBytes(scene, ['rev-list', 'HEAD']).split('\n').filter(Boolean)) {
      const read = await commits.read(oid);
      if (read?.commit.parents.length === 1)
        addTo(tally, scene, read, origins, loses(rewrite, where) ? null : rewrite.name);
    }
  } finally {
    objects.close();
  }
  return tally;
}

/** The text of each range as it was first written: where it is exact. */
async function textsByDigest(
  scene: Scene,
  commits: ReturnType<typeof openCommits>,
): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const oids = gitBytes(scene, ['rev-list', '--reflog', '--all']).split('\n').filter(Boolean);
  for (const oid of oids) {
    const read = await commits.read(oid);
    for (const { range, verdict } of read?.resolved ?? [])
      if (verdict === 'exact') texts.set(range.digest, blobLines(scene, oid, range).join(''));
  }
  return texts;
}

function blobLines(
  scene: Scene,
  oid: string,
  { side, path, start, count }: ResolvedRange['range'],
): string[] {
  const blob = gitBytes(scene, ['cat-file', 'blob', `${oid}${side === '-' ? '~' : ''}:${path}`]);
  return blob.split(/(?<=\n)/).slice(start - 1, start - 1 + count);
}

function addTo(
  tally: Tally,
  scene: Scene,
  { oid, resolved }: CommitProvenance,
  origins: ReadonlyMap<string, string>,
  strictly: string | null,
): void {
  const patch = gitBytes(scene, ['diff-tree', '-p', '-U0', '--histogram', '-M50%', '--no-commit-id', oid]);
  const changed = (sign: '+' | '-'): string[] =>
    patch
      .split('\n')
      .flatMap((line) =>
        line.startsWith(sign) && !line.startsWith(sign.repeat(3)) ? [`${line.slice(1)}\n`] : [],
      );
  const covered = new Set<string>();
  for (const { range, verdict, at } of resolved) {
    // What a squash has buried counts only where it resolves; the block says it all again.
    if (range.source === 'body' && at === null) continue;
    tally.written++;
    if (verdict === 'exact' || verdict === 'moved') tally[verdict]++;
    else {
      tally.stale++;
      const there = changed(range.side)
        .join('')
        .includes(origins.get(range.digest) ?? '\0');
      const name = `${range.path} ${range.side}${range.start},${range.count}`;
      assert.ok(strictly === null || !there, `${strictly}: ${name} is ${verdict}, its lines are there`);
    }
    if (!at || verdict === 'stale') continue;
    const found = blobLines(scene, oid, { ...range, path: at.path, start: at.start });
    if (range.side === '-') continue;
    for (const [offset, line] of found.entries()) {
      const isWrong =
        range.class === 'ai'
          ? !line.includes('agent') && line.includes('person')
          : !/agent.*|person.*/.test(line);
      if (isWrong) tally.wrong++;
      if (line.includes('agent')) covered.add(`${at.path}:${at.start + offset}`);
    }
  }
  tally.agentLines += changed('+').filter((line) => line.includes('agent')).length;
  tally.covered += covered.size;
}

type Where = 'with the journal' | 'in a clone';

function loses({ loses }: Rewrite, where: Where): boolean {
  return loses !== undefined && (loses.where === 'everywhere' || loses.where === where);
}

describe('what survives a rewrite', function () {
  this.timeout(120_000);
  const table: [string, Tally][] = [];
  for (const rewrite of REWRITES) {
    for (const where of ['with the journal', 'in a clone'] satisfies Where[]) {
      it(`${rewrite.name}, ${where}`, async () => {
        const scene = await tell(
          'agent',
          async (s) => {
            await behindMain(s);
            if (where === 'in a clone') s.forgetJournal();
            await rewrite.does(s);
          },
          { given },
        );
        try {
          const tally = await tallyOf(scene, rewrite, where);
          table.push([`${rewrite.name}, ${where}`, tally]);
          assert.equal(tally.wrong, 0);
          if (loses(rewrite, where)) return;
          assert.equal(tally.stale, 0);
          assert.equal(tally.covered, tally.agentLines, messagesOf(scene));
        } finally {
          scene.repo.dispose();
        }
      });
    }
  }

  after(() => {
    const columns = ['written', 'exact', 'moved', 'stale', 'wrong', 'agentLines', 'covered'] as const;
    const rows = table.map(
      ([name, tally]) =>
        `${name.padEnd(52)}${columns.map((key) => String(tally[key]).padStart(11)).join('')}`,
    );
    const total = columns.map((key) =>
      String(table.reduce((sum, [, tally]) => sum + tally[key], 0)).padStart(11),
    );
    console.log(
      [
        `${''.padEnd(52)}${columns.map((key) => key.padStart(11)).join('')}`,
        ...rows,
        `${'all'.padEnd(52)}${total.join('')}`,
      ].join('\n'),
    );
  });
});

function messagesOf(scene: Scene): string {
  return readHistory(scene)
    .map(({ message }) => message)
    .join('\n---\n');
}
