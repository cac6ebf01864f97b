import type { Replacement, ReportedEdit } from '../core/agent-event';
import { joinEdits } from './joined-edits';
import { editOf } from './payload';

/**
 * The files of a patch in the form of Codex's `apply_patch` (OpenCode has the tool too): `*** Add File: PATH`,
 * `*** Update File: PATH`, `*** Delete File: PATH`, and `*** Move to: PATH` below an update. What is not understood is
 * passed over, but never a file's name: a patch that another reader takes must not hide a file from this one.
 */
export function parsePatch(patch: string): readonly ReportedEdit[] {
  const files: PatchedFile[] = [];
  for (const line of patch.split(/\r?\n/)) {
    const header = HEADER.exec(line);
    const file = files.at(-1);
    if (header?.[2] === undefined) {
      file?.lines.push(line);
      continue;
    }
    const path = header[2].trim();
    if (header[1] !== 'Move to') files.push({ what: header[1] ?? '', path, to: null, lines: [] });
    else if (file) file.to = path;
  }
  return joinEdits(files.flatMap(editsOf));
}

const HEADER = /^\s{0,8}\*\*\* (Add File|Update File|Delete File|Move to):\s*(.*\S)\s*$/;

interface PatchedFile {
  readonly what: string;
  readonly path: string;
  to: string | null;
  readonly lines: string[];
}

function editsOf({ what, path, to, lines }: PatchedFile): ReportedEdit[] {
  if (what === 'Add File') return [editOf(path, { kind: 'write', content: addedText(lines) })];
  if (what === 'Delete File') return [editOf(path, { kind: 'delete' })];
  const change = { kind: 'replacements', parts: replacementsOf(lines) } as const;
  if (to === null) return [editOf(path, change)];
  return [editOf(path, { kind: 'rename', to, parts: change.parts })];
}

function addedText(lines: readonly string[]): string {
  return lines
    .filter((line) => line.startsWith('+'))
    .map((line) => `${line.slice(1)}\n`)
    .join('');
}

/**
 * Each `@@` begins a part; its lines say what stood there and what stands there then. A line without a sign between two of
 * them is an empty one that stays: models leave its blank out, and Codex takes it.
 */
function replacementsOf(lines: readonly string[]): readonly Replacement[] {
  const parts: { old: string; new: string }[] = [];
  let part: { old: string; new: string } | null = null;
  let empty = '';
  for (const line of lines) {
    const sign = line.slice(0, 1);
    if (line.startsWith('@@')) part = null;
    if (line === '' && part !== null) empty += '\n';
    if (!['+', '-', ' '].includes(sign)) continue;
    if (part === null) {
      parts.push((part = { old: '', new: '' }));
      empty = '';
    }
    const text = `${line.slice(1)}\n`;
    part.old += empty + (sign === '+' ? '' : text);
    part.new += empty + (sign === '-' ? '' : text);
    empty = '';
  }
  return parts.map((each) => ({ ...each, all: false }));
}
