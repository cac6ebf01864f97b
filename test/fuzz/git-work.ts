import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  Chance,
  plain,
  randomLines,
  withAnotherWord,
  type ModelFile,
  type ModelLine,
} from '../support/line-model';
import { linesOf } from './git-commits';
import { isWeighty } from './git-weight';
import { World } from './git-world';

type Edit = (
  lines: readonly ModelLine[],
  world: World,
  chance: Chance,
  by: 'agent' | 'person',
) => ModelLine[];

const EDITS: Readonly<Record<string, Edit>> = {
  insert: (lines, world, chance, by) => {
    const at = chance.number(lines.length + 1);
    const fresh = randomLines(chance, 6).map((text) => world.ledger.line(text, by));
    return [...lines.slice(0, at), ...fresh, ...lines.slice(at)];
  },
  delete: (lines, _world, chance) => {
    const at = chance.number(lines.length);
    const count = 1 + chance.number(4);
    return [...lines.slice(0, at), ...lines.slice(at + count)];
  },
  replace: (lines, world, chance, by) => {
    const at = chance.number(lines.length);
    const count = 1 + chance.number(3);
    const fresh = randomLines(chance, 4).map((text) => world.ledger.line(text, by));
    return [...lines.slice(0, at), ...fresh, ...lines.slice(at + count)];
  },
  change: (lines, world, chance, by) => {
    const at = chance.number(lines.length);
    return lines.map((line, index) => {
      if (index < at || index > at + 1) return line;
      const text = withAnotherWord(line.text, chance);
      if (text === null) return line;
      const writer = world.ledger.writerOf(line.id);
      return world.ledger.line(text, writer === by ? by : 'both');
    });
  },
  move: (lines, world, chance, by) => {
    const at = chance.number(lines.length);
    const block = lines.slice(at, at + 2 + chance.number(4));
    const rest = [...lines.slice(0, at), ...lines.slice(at + block.length)];
    const to = chance.number(rest.length + 1);
    const region = lines.slice(Math.min(at, to), Math.max(at, to) + block.length);
    if (by === 'agent') for (const { id, text } of region) if (!isWeighty(text)) world.ledger.shifted.add(id);
    return [...rest.slice(0, to), ...block, ...rest.slice(to)];
  },
};
const EDIT_NAMES = ['insert', 'insert', 'insert', 'delete', 'replace', 'change', 'change', 'move'];

export function randomEdit(
  world: World,
  chance: Chance,
  file: ModelFile,
  by: 'agent' | 'person',
  names: readonly string[] = EDIT_NAMES,
): ModelFile {
  const name = file.lines.length === 0 ? 'insert' : (chance.pick(names) ?? 'insert');
  world.trace.push(`# ${by}: ${name}`);
  const lines = EDITS[name]?.(file.lines, world, chance, by) ?? [];
  return { ...file, lines: lines.length === 0 ? file.lines : lines };
}

export function personEdits(world: World, chance: Chance, path: string): void {
  const edited = randomEdit(world, chance, world.file(path), 'person');
  world.deleting(path, 'person', () => world.write(path, edited));
}

interface Call {
  readonly payload: object;
  /** Does the agent's edit; returns the response it reports. */
  run(): object;
}

/** One call of the agent's tool: told before, done, told after; somebody else may come in between. */
function agentCall(world: World, chance: Chance, path: string, edit: (file: ModelFile) => ModelFile): Call {
  const file = join(world.real.dir, path);
  const isNew = !existsSync(file);
  const now = world.file(path);
  const after = edit(now);
  const whole = isNew || chance.percent(25);
  const [from, to] = [asAgentsSee(now), asAgentsSee(after)];
  const part = whole ? null : replacement(from, to);
  const session = `s-${chance.number(2)}`;
  const common = {
    session_id: session,
    transcript_path: `/nowhere/${session}.jsonl`,
    cwd: world.real.dir,
    tool_use_id: world.callId(),
  };
  const payload =
    part === null
      ? { ...common, tool_name: 'Write', tool_input: { file_path: file, content: to } }
      : {
          ...common,
          tool_name: 'Edit',
          tool_input: { file_path: file, old_string: part.old, new_string: part.new, replace_all: false },
        };
  const run = (): object => {
    world.deleting(path, 'agent', () => world.write(path, after));
    const shared = { filePath: file, structuredPatch: patchOf(from, to), userModified: false };
    const response =
      part === null
        ? { ...shared, type: isNew ? 'create' : 'update', content: to, originalFile: isNew ? null : from }
        : { ...shared, oldString: part.old, newString: part.new, originalFile: from, replaceAll: false };
    return { ...payload, tool_response: response };
  };
  return { payload, run };
}

/** Claude Code gives texts with LF. */
function asAgentsSee(file: ModelFile): string {
  return plain({ ...file, eol: '\n' });
}

/** A part that stands once in the text, and what stands there after; null where there is none. */
function replacement(from: string, to: string): { old: string; new: string } | null {
  const [a, b] = [linesOf(from), linesOf(to)];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  for (; ; [head, tail] = [Math.max(0, head - 1), Math.max(0, tail - 1)]) {
    const old = a.slice(head, a.length - tail).join('');
    if (old !== '' && from.split(old).length === 2)
      return { old, new: b.slice(head, b.length - tail).join('') };
    if (head === 0 && tail === 0) return null;
  }
}

function patchOf(from: string, to: string): object[] {
  const [a, b] = [linesOf(from), linesOf(to)];
  if (from === to || a.length === 0) return [];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const sign = (mark: string, lines: readonly string[]): string[] =>
    lines.flatMap((line) =>
      line.endsWith('\n') ? [mark + line.slice(0, -1)] : [mark + line, '\\ No newline at end of file'],
    );
  const start = Math.max(0, head - 3);
  const end = Math.max(0, tail - 3);
  return [
    {
      oldStart: start + 1,
      oldLines: a.length - end - start,
      newStart: start + 1,
      newLines: b.length - end - start,
      lines: [
        ...sign(' ', a.slice(start, head)),
        ...sign('-', a.slice(head, a.length - tail)),
        ...sign('+', b.slice(head, b.length - tail)),
        ...sign(' ', a.slice(a.length - tail, a.length - end)),
      ],
    },
  ];
}

/** Either an edit of a file that is there, or a new one. */
export function agentTarget(world: World, chance: Chance): string {
  const path = chance.percent(12) ? world.freshPath() : chance.pick(world.paths());
  return path ?? world.freshPath();
}

export function agentEdit(world: World, chance: Chance, path: string): Call {
  return agentCall(world, chance, path, (file) => {
    let edited = randomEdit(world, chance, file, 'agent');
    // A line of which less than half is left after one step counts as new (W3), so none is changed twice.
    if (chance.percent(30)) edited = randomEdit(world, chance, edited, 'agent', ['insert', 'delete', 'move']);
    return edited;
  });
}

export async function callBegins(world: World, call: Call): Promise<void> {
  world.trace.push(`record claude-code PreToolUse # ${toolOf(call)}`);
  await world.record('PreToolUse', call.payload);
}

export async function callEnds(world: World, response: object): Promise<void> {
  world.trace.push('record claude-code PostToolUse');
  await world.record('PostToolUse', response);
}

function toolOf(call: Call): string {
  return JSON.stringify((call.payload as { tool_name: string }).tool_name);
}
