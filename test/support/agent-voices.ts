import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';

/** How agents say one edit of theirs: what they were recorded to send, with another file, other texts and other names in it. */

export const VOICES = ['claude-code', 'codex', 'gemini-cli', 'opencode', 'copilot-cli'] as const;
export type Voice = (typeof VOICES)[number];

/** An edit of one file, by an edit tool that puts one text in the place of another. */
export interface SpokenEdit {
  /** Where the agent works. */
  readonly folder: string;
  /** The file, absolute. */
  readonly file: string;
  readonly session: string;
  /** For agents that give their calls an id. */
  readonly call: string;
  /** Whole lines. */
  readonly old: string;
  readonly new: string;
}

/** The texts that the edit tool has found and left. */
export interface SpokenResult {
  readonly found: string;
  readonly left: string;
}

export interface Spoken {
  readonly event: string;
  readonly payload: object;
}

export function saysBefore(voice: Voice, edit: SpokenEdit): Spoken {
  const { event, stdin } = recorded(voice, 'before');
  switch (voice) {
    case 'claude-code':
      return { event, payload: { ...stdin, ...claudeCall(edit) } };
    case 'codex':
      return { event, payload: { ...stdin, ...codexCall(edit) } };
    case 'gemini-cli':
      return { event, payload: { ...stdin, ...geminiCall(edit) } };
    case 'opencode':
      return {
        event,
        payload: {
          ...stdin,
          input: openInput(stdin, edit),
          output: { args: openArgs(edit) },
          directory: edit.folder,
        },
      };
    case 'copilot-cli':
      return { event, payload: { ...stdin, ...copilotCall(edit) } };
  }
}

export function saysAfter(voice: Voice, edit: SpokenEdit, result: SpokenResult): Spoken {
  const { event, stdin } = recorded(voice, 'after');
  switch (voice) {
    case 'claude-code': {
      const response = {
        ...(stdin['tool_response'] as object),
        filePath: edit.file,
        oldString: edit.old,
        newString: edit.new,
        originalFile: result.found,
        structuredPatch: [],
      };
      return { event, payload: { ...stdin, ...claudeCall(edit), tool_response: response } };
    }
    case 'codex':
      return { event, payload: { ...stdin, ...codexCall(edit) } };
    case 'gemini-cli': {
      const display = {
        fileName: path.basename(edit.file),
        originalContent: result.found,
        newContent: result.left,
      };
      const response = { ...(stdin['tool_response'] as object), returnDisplay: display };
      return { event, payload: { ...stdin, ...geminiCall(edit), tool_response: response } };
    }
    case 'opencode': {
      const input = { ...openInput(stdin, edit), args: openArgs(edit) };
      return { event, payload: { ...stdin, input, output: { metadata: {} }, directory: edit.folder } };
    }
    case 'copilot-cli':
      return { event, payload: { ...stdin, ...copilotCall(edit) } };
  }
}

function claudeCall({ folder, file, session, call, old, new: text }: SpokenEdit): object {
  return {
    session_id: session,
    transcript_path: path.join(folder, '..', 'none.jsonl'),
    cwd: folder,
    tool_use_id: call,
    tool_input: { file_path: file, old_string: old, new_string: text, replace_all: false },
  };
}

/** It names files from where it works, and lines that stay at the ends as context. */
function codexCall({ folder, file, session, call, old, new: text }: SpokenEdit): object {
  const [before, after] = [linesOf(old), linesOf(text)];
  let head = 0;
  while (head < before.length && before[head] === after[head]) head++;
  const shown = [
    ...before.slice(0, head).map((line) => ` ${line}`),
    ...before.slice(head).map((line) => `-${line}`),
    ...after.slice(head).map((line) => `+${line}`),
  ];
  const name = path.relative(folder, file);
  const command = ['*** Begin Patch', `*** Update File: ${name}`, '@@', ...shown, '*** End Patch', ''].join(
    '\n',
  );
  return { session_id: session, cwd: folder, tool_use_id: call, tool_input: { command } };
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

function geminiCall({ folder, file, session, old, new: text }: SpokenEdit): object {
  const input = { file_path: file, instruction: 'Change it.', old_string: old, new_string: text };
  return { session_id: session, cwd: folder, tool_input: input };
}

function openInput(stdin: Payload, { session, call }: SpokenEdit): object {
  const { args: _, ...input } = stdin['input'] as { args?: unknown };
  return { ...input, sessionID: session, callID: call };
}

function openArgs({ file, old, new: text }: SpokenEdit): object {
  return { filePath: file, oldString: old, newString: text };
}

function copilotCall({ folder, file, session, old, new: text }: SpokenEdit): object {
  return { sessionId: session, cwd: folder, toolArgs: { path: file, old_str: old, new_str: text } };
}

type Payload = Readonly<Record<string, unknown>>;

interface Recorded {
  readonly event: string;
  readonly stdin: Payload;
}

/** The events around the one edit of the recorded session, by the name of its edit tool. */
const EVENTS: Readonly<Record<Voice, { tool: string; before: string; after: string }>> = {
  'claude-code': { tool: 'Edit', before: 'PreToolUse', after: 'PostToolUse' },
  codex: { tool: 'apply_patch', before: 'PreToolUse', after: 'PostToolUse' },
  'gemini-cli': { tool: 'replace', before: 'BeforeTool', after: 'AfterTool' },
  opencode: { tool: 'edit', before: 'PreToolUse', after: 'PostToolUse' },
  'copilot-cli': { tool: 'edit', before: 'preToolUse', after: 'postToolUse' },
};

const READ = new Map<string, Recorded>();

function recorded(voice: Voice, phase: 'before' | 'after'): Recorded {
  const key = `${voice} ${phase}`;
  const known = READ.get(key);
  if (known) return known;
  const file = path.resolve('test/agents/captures', voice, 'edit.json');
  const { calls } = JSON.parse(fs.readFileSync(file, 'utf8')) as { readonly calls: readonly Recorded[] };
  const { tool, [phase]: event } = EVENTS[voice];
  const toolOf = ({ tool_name, toolName, input }: Payload): unknown =>
    tool_name ?? toolName ?? (input as { tool?: unknown } | undefined)?.tool;
  const found = calls.find((call) => call.event === event && toolOf(call.stdin) === tool);
  assert.ok(found, key);
  READ.set(key, found);
  return found;
}
