import assert from 'node:assert/strict';
import * as path from 'node:path';
import { readWrittenPolicy } from '../../src/app/policy-problems';
import { scratchRepo, type ScratchRepo } from '../support/scratch-repo';

interface Row {
  readonly it: string;
  /** What is on disk. */
  readonly disk: Readonly<Record<string, string>>;
  readonly file: string;
  /** The text in the editor, not saved. */
  readonly text: string;
  /** `LINE:COLUMN: what`, then what is not enforced; null: the file is no part of a policy. */
  readonly said: readonly string[];
  readonly files: readonly string[];
}

const ROOT = '.hunkmark.yml';
const ONE = 'systems:\n  search: { tier: 2, paths: [find/] }\n';
const INCLUDING = 'version: 1\ninclude: [".hunkmark/*.yml"]\n';

const ROWS: readonly Row[] = [
  {
    it: 'a policy that is not on disk yet',
    disk: {},
    file: ROOT,
    text: 'version: 1\nsytems: {}\n',
    said: ['2:1: the key "sytems" is not known here'],
    files: [ROOT],
  },
  {
    it: 'the text of the editor, not that of the disk',
    disk: { [ROOT]: 'version: 9\n' },
    file: ROOT,
    text: 'version: 1\n',
    said: [],
    files: [ROOT],
  },
  {
    it: 'what is not enforced',
    disk: {},
    file: ROOT,
    text: 'version: 1\ntiers:\n  1: { approvals: 2 }\n',
    said: ['3: approvals are not enforced by Hunkmark yet; require them in your forge'],
    files: [ROOT],
  },
  {
    it: 'an included file, in that file',
    disk: { [ROOT]: INCLUDING, '.hunkmark/a.yml': ONE },
    file: '.hunkmark/a.yml',
    text: 'systems:\n  search: { tier: 12, paths: [find/] }\n',
    said: ['2:19: systems.search.tier must be a whole number from 0 to 9, lower is more critical'],
    files: [ROOT, '.hunkmark/a.yml'],
  },
  {
    it: 'nothing in the policy of what is wrong in a file that it includes',
    disk: { '.hunkmark/a.yml': 'systems: 1\n' },
    file: ROOT,
    text: INCLUDING,
    said: [],
    files: [ROOT, '.hunkmark/a.yml'],
  },
  { it: 'nothing of a file of another kind', disk: {}, file: 'other.yml', text: 'a: [', said: [], files: [] },
];

describe('app/policy-problems: a policy as it is written', () => {
  let repo: ScratchRepo;
  beforeEach(() => (repo = scratchRepo()));
  afterEach(() => repo.dispose());

  for (const row of ROWS)
    it(`names ${row.it}`, async () => {
      for (const [name, text] of Object.entries(row.disk)) repo.write(name, text);
      const written = await readWrittenPolicy(path.join(repo.dir, row.file), row.text);
      assert.ok(written);
      const { problem, unsupported, files } = written;
      const said = [
        ...(problem ? [`${problem.line}:${problem.column}: ${problem.what}`] : []),
        ...unsupported.map(({ what, line }) => `${line}: ${what}`),
      ];
      assert.deepEqual([said, files], [row.said, row.files]);
    });
});
