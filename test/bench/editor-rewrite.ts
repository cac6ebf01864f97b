import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEditor, pause, until, type Editor } from '../e2e/editor/editor';
import { METERED, meterOf, modelLines, whyNoEditor, type Busy, type Meter } from '../e2e/editor/meter';
import { productIsActive } from '../e2e/editor/provenance';
import { installAgent, type AgentHooks } from '../support/agent-edits';
import { scratchRepo, type ScratchRepo } from '../support/scratch-repo';
import { median } from './pairs';
import { rewritten, REWRITTEN_LINES, SHARES } from './rewritten-text';
import { notMeasured, type Row } from './row';

const LINES = REWRITTEN_LINES;
/** Each takes seconds, most of them waiting for the editor to notice the file. */
const TURNS = 6;
const FOLLOWED = 'followed.txt';
/** Git ignores it, so the product does not follow it: what the editor itself costs. */
const IGNORED = 'ignored.txt';
const NOTICED_MS = 60_000;
/** The journal is written two seconds after an edit. */
const RESTED_MS = 2500;

/** P5: an agent rewrites a file that is open, and the editor attributes its lines. */
export async function rows(): Promise<Row[]> {
  const why = await whyNoEditor();
  if (why !== null)
    return [
      notMeasured({ id: 'P5', what: "an agent's rewrite of an open file", target: '≤ 3', unit: '×' }, why),
    ];
  const repo = scratchRepo();
  repo.write('.gitignore', `${IGNORED}\n`);
  repo.write(IGNORED, rewritten(0));
  repo.write(FOLLOWED, rewritten(0));
  repo.git('add', '--all');
  repo.git('commit', '--quiet', '-m', 'start');
  const agent = await installAgent(repo);
  const editor = await openEditor({ folder: repo.dir, product: 'stable', env: METERED });
  try {
    await productIsActive(editor);
    const desk = { editor, repo, agent, meter: meterOf(editor) };
    await editor.open(IGNORED, 0);
    await editor.open(FOLLOWED, 0);
    await rewrite(desk, FOLLOWED, 10);
    const rows: Row[] = [];
    for (const share of SHARES) rows.push(...(await measure(desk, share)));
    return rows;
  } finally {
    await editor.close();
    repo.dispose();
  }
}

interface Desk {
  readonly editor: Editor;
  readonly repo: ScratchRepo;
  readonly agent: AgentHooks;
  readonly meter: Meter;
}

async function measure(desk: Desk, share: number): Promise<Row[]> {
  const { repo } = desk;
  const [ours, theirs]: [Busy[], Busy[]] = [[], []];
  const diffs: number[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    for (const file of turn % 2 === 0 ? [FOLLOWED, IGNORED] : [IGNORED, FOLLOWED])
      (file === FOLLOWED ? ours : theirs).push(await rewrite(desk, file, share));
    diffs.push(diff(repo, share));
  }
  const total = (busy: readonly Busy[], of: 'wall' | 'cpu'): number => median(busy.map((b) => b.busy[of]));
  const longest = (busy: readonly Busy[], of: 'wall' | 'cpu'): number[] => busy.map((b) => b.longest[of]);
  const spent = total(ours, 'wall') - total(theirs, 'wall');
  const cpu = total(ours, 'cpu') - total(theirs, 'cpu');
  const samples = {
    ours: ours.map(({ busy }) => busy.wall),
    theirs: theirs.map(({ busy }) => busy.wall),
    diffs,
  };
  const what = `an agent's rewrite of ${LINES} lines, ${share} % changed`;
  return [
    {
      id: 'P5',
      what: `${what} ÷ git diff --no-index --histogram`,
      target: '≤ 3',
      value: spent / median(diffs),
      unit: '×',
      pairs: TURNS,
      samples,
      note: `${cpu.toFixed(0)} ms of processor time; git ${median(diffs).toFixed(0)} ms`,
    },
    {
      id: 'P5',
      what: `${what}: longest block of the extension host`,
      target: '≤ 100',
      value: median(longest(ours, 'cpu')),
      unit: 'ms',
      pairs: TURNS,
      samples: { ours: longest(ours, 'cpu'), theirs: longest(theirs, 'cpu'), wall: longest(ours, 'wall') },
      note: `processor time, median; most ${Math.max(...longest(ours, 'cpu')).toFixed(0)} ms; by the clock ${median(longest(ours, 'wall')).toFixed(0)} ms; without us ${median(longest(theirs, 'cpu')).toFixed(0)} ms`,
    },
  ];
}

/** What the host's thread had to do from the agent's edit until nothing more came of it. */
async function rewrite({ editor, repo, agent, meter }: Desk, file: string, share: number): Promise<Busy> {
  const path = join(repo.dir, file);
  const settle = async (text: string, models: number): Promise<void> => {
    await until(() => hasText(editor, path, text), NOTICED_MS, file);
    if (file === FOLLOWED)
      await until(async () => (await modelLines(editor, path)) === models, NOTICED_MS, `${models} lines`);
    await pause(RESTED_MS);
  };
  forget(join(agent.commonDir, 'hunkmark', 'worktrees', 'main'));
  writeFileSync(path, rewritten(0));
  await settle(rewritten(0), 0);
  const text = rewritten(share);
  await meter.takeBusy();
  if (file === FOLLOWED) await agent.edit(file, text);
  else writeFileSync(path, text);
  await settle(text, (LINES * share) / 100);
  return await meter.takeBusy();
}

/** The journal begins anew; its folder stays, for the editor watches it. */
function forget(journal: string): void {
  for (const segment of readdirSync(journal)) rmSync(join(journal, segment));
}

async function hasText(editor: Editor, path: string, text: string): Promise<boolean> {
  return await editor.inHost(isText, { path, length: text.length, end: text.slice(-40) });
}

function isText(
  vscode: { workspace: { textDocuments: readonly { uri: { fsPath: string }; getText(): string }[] } },
  { path, length, end }: { readonly path: string; readonly length: number; readonly end: string },
): boolean {
  const text = vscode.workspace.textDocuments.find(({ uri }) => uri.fsPath === path)?.getText();
  return text?.length === length && text.endsWith(end);
}

function diff(repo: ScratchRepo, share: number): number {
  const [before, after] = ['before.txt', 'after.txt'].map((name) => join(repo.root, name));
  if (before === undefined || after === undefined) return Number.NaN;
  writeFileSync(before, rewritten(0));
  writeFileSync(after, rewritten(share));
  const began = performance.now();
  const args = ['diff', '--no-index', '--histogram', before, after];
  spawnSync('git', args, { env: repo.env, maxBuffer: 1 << 28 });
  return performance.now() - began;
}
