import * as path from 'node:path';
import { fileHistory } from '../../src/app/blame';
import { blameFiles, rememberBlames } from '../../src/app/blame-store';
import { installAgent } from '../support/agent-edits';
import { writeHistory } from '../support/long-history';
import { scratchRepo, type ScratchRepo } from '../support/scratch-repo';
import { bareNode, time } from './commit';
import { median, pairs } from './pairs';
import type { Row } from './row';

const CLI = path.resolve('dist/cli.js');
const FILE = 'src/long.ts';
const HISTORY = { path: FILE, lines: 2400, commits: 520, every: 2 };

/** P6: what blame costs beyond git's own. */
export async function rows(): Promise<Row[]> {
  const repo = scratchRepo();
  try {
    writeHistory(repo, HISTORY);
    repo.git('reset', '--quiet', '--hard');
    return [await coldBlame(repo), ...(await cachedBlame(repo))];
  } finally {
    repo.dispose();
  }
}

async function coldBlame(repo: ScratchRepo): Promise<Row> {
  const ours = (): number => time(() => repo.run(process.execPath, [CLI, 'blame', FILE, 'HEAD']));
  const theirs = (): number => time(() => repo.git('blame', '--porcelain', 'HEAD', '--', FILE));
  const measured = await pairs(ours, theirs);
  const node = await pairs(
    () => bareNode(repo),
    () => bareNode(repo),
  );
  const perStart = median([...node.first, ...node.second]);
  return {
    id: 'P6',
    what: '(blame − one bare Node start) ÷ git blame --porcelain, 2,400 lines, 520 commits, half of them with AI ranges, cold',
    target: '≤ 1.5',
    value: (measured.medianFirst - perStart) / measured.medianSecond,
    unit: '×',
    pairs: measured.pairs,
    samples: { blame: measured.first, gitBlame: measured.second, bareNode: node.first },
    note: `${measured.medianFirst.toFixed(0)} ms, node ${perStart.toFixed(0)} ms, git ${measured.medianSecond.toFixed(0)} ms`,
  };
}

/** Where Hunkmark is installed: by the command line in a process of its own, and as the editor asks. */
async function cachedBlame(repo: ScratchRepo): Promise<Row[]> {
  const { commonDir } = await installAgent(repo);
  const run = (): number => time(() => repo.run(process.execPath, [CLI, 'blame', FILE, 'HEAD']));
  run();
  const node = (): number => bareNode(repo);
  const line = await pairs(run, () => time(() => repo.git('blame', '--porcelain', 'HEAD', '--', FILE)));
  const start = await pairs(node, node);
  const store = rememberBlames(100, blameFiles(commonDir));
  const place = { cwd: repo.dir, env: {} };
  const ask = async (): Promise<void> => void (await fileHistory(place, FILE, 'HEAD', { store }));
  const editor = await pairs(ask, () => time(() => repo.git('blame', '--porcelain', 'HEAD', '--', FILE)));
  return [
    {
      id: 'P6',
      what: 'the same, read before',
      target: 'none',
      value: (line.medianFirst - median([...start.first, ...start.second])) / line.medianSecond,
      unit: '×',
      pairs: line.pairs,
      samples: { blame: line.first, gitBlame: line.second },
    },
    {
      id: 'P6',
      what: 'the same as the editor asks, read before',
      target: '≤ 50',
      value: editor.medianFirst,
      unit: 'ms',
      pairs: editor.pairs,
      samples: { editor: editor.first, gitBlame: editor.second },
      note: `git blame ${editor.medianSecond.toFixed(0)} ms`,
    },
  ];
}
