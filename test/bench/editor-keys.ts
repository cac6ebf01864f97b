import { join } from 'node:path';
import type * as VSCode from 'vscode';
import { openEditor, pause, until, type Editor } from '../e2e/editor/editor';
import { METERED, meterOf, modelLines, whyNoEditor, type Handled, type Meter } from '../e2e/editor/meter';
import { productIsActive } from '../e2e/editor/provenance';
import { installAgent } from '../support/agent-edits';
import { scratchRepo, type ScratchRepo } from '../support/scratch-repo';
import { percentile } from './pairs';
import { notMeasured, type Row } from './row';

const LINES = 50_000;
/** Every fifth line is a range of its own. */
const EVERY = 5;
const CURSORS = 100;
const PASTED = 200;
const PASTES = 30;
const FILE = 'large.txt';
/** How long a busy machine may take to follow so large a file. */
const FOLLOWED_MS = 120_000;
const HANDLED_MS = 30_000;

/** P4: what a key waits for in the extension host before the product lets it go on. */
export async function rows(): Promise<Row[]> {
  const why = await whyNoEditor();
  if (why !== null)
    return [notMeasured({ id: 'P4', what: 'change handler', target: '≤ 0.25', unit: 'ms' }, why)];
  const repo = scratchRepo();
  await writeLarge(repo);
  const editor = await openEditor({ folder: repo.dir, product: 'stable', env: METERED });
  try {
    await productIsActive(editor);
    const meter = meterOf(editor);
    await editor.open(FILE, 100, 0);
    await until(() => isFollowed(editor, repo), FOLLOWED_MS, 'the large file');
    const seen = await meter.control();
    await meter.takeHandled();
    const rows = [
      row('a keystroke', await keystrokes(editor, meter)),
      row(`a key at ${CURSORS} cursors`, await cursors(editor, meter)),
      row(`a paste of ${PASTED} lines`, await pastes(editor, meter)),
    ];
    return [...rows, forbidden(seen, await meter.forbidden())];
  } finally {
    await editor.close();
    repo.dispose();
  }
}

async function writeLarge(repo: ScratchRepo): Promise<void> {
  const line = (at: number): string => `value ${at} = computed ${at * 7}`;
  const text = (name: (at: number) => string): string =>
    Array.from({ length: LINES }, (_, at) => `${name(at)}\n`).join('');
  repo.commitFile(FILE, text(line));
  const agent = await installAgent(repo);
  await agent.edit(
    FILE,
    text((at) => (at % EVERY === 0 ? `another ${at} from somewhere ${at * 3}` : line(at))),
  );
}

async function isFollowed(editor: Editor, repo: ScratchRepo): Promise<boolean> {
  return (await modelLines(editor, join(repo.dir, FILE))) >= LINES / EVERY;
}

async function keystrokes(editor: Editor, meter: Meter): Promise<readonly Handled[]> {
  await editor.type('the quick brown fox jumps over a lazy dog '.repeat(5));
  return await handled(meter, 200);
}

async function cursors(editor: Editor, meter: Meter): Promise<readonly Handled[]> {
  await editor.inHost(putCursors, { count: CURSORS, apart: 20 });
  await pause(500);
  for (const key of 'abcdefghij'.repeat(6)) {
    await editor.page.keyboard.type(key);
    await pause(60);
  }
  return (await handled(meter, 50)).filter(({ changes }) => changes >= CURSORS);
}

async function pastes(editor: Editor, meter: Meter): Promise<readonly Handled[]> {
  await editor.open(FILE, 300, 0);
  await editor.copyFromElsewhere('pasted line of some length\n'.repeat(PASTED));
  const all: Handled[] = [];
  // The editor gives a paste up when the next one begins.
  for (let turn = 0; turn < PASTES; turn++) {
    await editor.press('Control+v');
    const came = await handled(meter, 1);
    if (came.length === 0) break;
    all.push(...came);
  }
  return all;
}

/** The events come later than the keys on a busy machine; fewer than `least` where it is too busy. */
async function handled(meter: Meter, least: number): Promise<readonly Handled[]> {
  const all: Handled[] = [];
  const enough = async (): Promise<boolean> => {
    all.push(...(await meter.takeHandled()));
    return all.length >= least;
  };
  await until(enough, HANDLED_MS, `${least} changes`).catch(() => undefined);
  return all;
}

function putCursors(
  vscode: typeof VSCode,
  { count, apart }: { readonly count: number; readonly apart: number },
): void {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return;
  editor.selections = Array.from({ length: count }, (_, at) => {
    const caret = new vscode.Position(1000 + at * apart, 3);
    return new vscode.Selection(caret, caret);
  });
}

function row(what: string, spent: readonly Handled[]): Row {
  const [wall, cpu] = [spent.map((each) => each.wall), spent.map((each) => each.cpu)];
  return {
    id: 'P4',
    what: `change handler, ${LINES} lines with ${LINES / EVERY} AI ranges, p99: ${what}`,
    target: '≤ 0.25',
    value: percentile(wall, 0.99),
    unit: 'ms',
    pairs: spent.length,
    samples: { wall, cpu },
    note: `median ${percentile(wall, 0.5).toFixed(3)}; p99 ${percentile(cpu, 0.99).toFixed(3)} ms of processor time`,
  };
}

/** `control`: what the watch saw of one reading and one process that were started inside of a handler on purpose. */
function forbidden(control: readonly string[], found: readonly string[]): Row {
  return {
    id: 'P4',
    what: 'synchronous reads, writes and processes started by the change handler',
    target: '0',
    value: found.length,
    unit: 'calls',
    pairs: 1,
    note: `watched: every fs.*Sync and child_process; a control of 2 was seen as ${control.length}${found.length > 0 ? `; ${[...new Set(found)].join(', ')}` : ''}`,
  };
}
