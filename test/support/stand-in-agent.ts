import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

/** The agents that have a guard, by their names in `hunkmark record`. */
export type AgentName = 'claude-code' | 'codex' | 'gemini-cli' | 'copilot-cli' | 'opencode';
export const AGENTS: readonly AgentName[] = ['claude-code', 'codex', 'gemini-cli', 'copilot-cli', 'opencode'];

/** Who sits before the agent: nobody, or a person who answers its question. */
export type Person = 'nobody' | 'says yes' | 'says no';

/** Where an agent finds its hooks. */
export interface Home {
  readonly repo: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What a hook did, as its agent sees it. `code` null: killed, or stopped by the agent after its time. */
interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly isLate: boolean;
}

/**
 * Whether an agent goes on with a tool call after its hook has been run: its installed hook, with a recorded payload.
 * How each agent takes an answer or a failure is what was seen of the real ones, versions Claude Code 2.1.330, Codex
 * 0.169.0, Gemini CLI 0.61.0, Copilot CLI 1.0.102, opencode 1.18.33; none of this is code of Hunkmark's.
 */
export function goesOn(
  agent: AgentName,
  at: Home,
  payload: unknown,
  person: Person,
  patience = WORKS,
): boolean {
  // Where the machine is too busy for the guard to answer in its time, nothing is learned: ask again.
  for (let attempt = 1; attempt < ATTEMPTS; attempt++) {
    const began = Date.now();
    const answer = goesOnOnce(agent, at, payload, person, patience);
    if (patience !== WORKS || Date.now() - began < GUARD_MS) return answer;
  }
  return goesOnOnce(agent, at, payload, person, patience);
}

const ATTEMPTS = 5;
/** How long the guard may think. */
const GUARD_MS = 1800;
/** The agents' own time is 30 s and more. */
const WORKS = 30_000;

/** How long to wait for a hook that hangs for ever. */
export const HANGS_MS = 2000;

function goesOnOnce(agent: AgentName, at: Home, payload: unknown, person: Person, patience: number): boolean {
  if (agent === 'opencode') return pluginLetsThrough(at, payload, patience);
  const hook = installedHook(agent, at);
  if (!hook) return true;
  const ended = runHook(hook.command, at, payload, patience);
  switch (agent) {
    case 'claude-code':
      return claudeGoesOn(ended, hook.onFailure === 'block', person);
    case 'codex':
      return codexGoesOn(ended);
    case 'gemini-cli':
      return geminiGoesOn(ended, person);
    case 'copilot-cli':
      return copilotGoesOn(ended, person);
  }
}

interface Hook {
  readonly command: string;
  readonly onFailure?: string;
}

type Listed = Readonly<
  Record<string, readonly { readonly hooks?: readonly Hook[]; readonly bash?: string }[]>
>;

function installedHook(agent: Exclude<AgentName, 'opencode'>, at: Home): Hook | null {
  const [file, event] = {
    'claude-code': [path.join(at.repo, '.claude/settings.local.json'), 'PreToolUse'],
    codex: [path.join(at.home, '.codex/hooks.json'), 'PreToolUse'],
    'gemini-cli': [path.join(at.home, '.gemini/settings.json'), 'BeforeTool'],
    'copilot-cli': [path.join(at.home, '.copilot/hooks/hunkmark.json'), 'preToolUse'],
  }[agent] as [string, string];
  if (!fs.existsSync(file)) return null;
  const { hooks } = JSON.parse(fs.readFileSync(file, 'utf8')) as { readonly hooks: Listed };
  const entry = hooks[event]?.[0];
  if (agent === 'copilot-cli') return entry?.bash === undefined ? null : { command: entry.bash };
  return entry?.hooks?.[0] ?? null;
}

function runHook(command: string, at: Home, payload: unknown, patience: number): Ended {
  const { status, stdout, error } = spawnSync('sh', ['-c', command], {
    cwd: at.repo,
    env: at.env,
    input: JSON.stringify(payload),
    encoding: 'utf8',
    timeout: patience,
    killSignal: 'SIGKILL',
  });
  // A hook that ends without having read its input is not late.
  return { code: status, stdout: stdout ?? '', isLate: isTimeout(error) };
}

function isTimeout(error: NodeJS.ErrnoException | undefined): boolean {
  return error?.code === 'ETIMEDOUT';
}

interface Answer {
  readonly decision?: string;
  readonly permissionDecision?: string;
  readonly hookSpecificOutput?: {
    readonly permissionDecision?: string;
    readonly permissionDecisionReason?: string;
  };
}

function answerOf({ stdout }: Ended): Answer {
  try {
    return JSON.parse(stdout) as Answer;
  } catch {
    return {};
  }
}

function claudeGoesOn(ended: Ended, blocksOnFailure: boolean, person: Person): boolean {
  if (ended.code === 2) return false;
  if (ended.code !== 0) return !blocksOnFailure;
  const decision = answerOf(ended).hookSpecificOutput?.permissionDecision;
  return decision === 'ask' ? person === 'says yes' : decision !== 'deny';
}

/** It knows no question, and no denial without a reason. */
function codexGoesOn(ended: Ended): boolean {
  if (ended.code === 2) return false;
  const answer = answerOf(ended).hookSpecificOutput;
  return !(answer?.permissionDecision === 'deny' && (answer.permissionDecisionReason ?? '') !== '');
}

/** Without a person a question waits for ever: nothing is written, and nothing else happens either. */
function geminiGoesOn(ended: Ended, person: Person): boolean {
  if (ended.code === 2 || ended.code === 127) return false;
  const { decision } = answerOf(ended);
  if (decision === 'ask' && person === 'nobody') throw new Error('Gemini CLI would wait for ever');
  return decision === 'ask' ? person === 'says yes' : decision !== 'deny';
}

function copilotGoesOn(ended: Ended, person: Person): boolean {
  if (ended.isLate) return true;
  if (ended.code !== 0) return false;
  const { permissionDecision } = answerOf(ended);
  return permissionDecision === 'ask' ? person === 'says yes' : permissionDecision !== 'deny';
}

/** opencode loads the file as a module and calls what it exports; a hook that throws stops the tool. */
function pluginLetsThrough(at: Home, payload: unknown, patience: number): boolean {
  const file = path.join(at.repo, '.opencode/plugins/hunkmark.js');
  if (!fs.existsSync(file)) return true;
  const copy = path.join(at.home, 'hunkmark-plugin.mjs');
  fs.writeFileSync(copy, fs.readFileSync(file, 'utf8').replace('LIMIT_MS = 30000', `LIMIT_MS = ${patience}`));
  const runner = `import { Hunkmark } from ${JSON.stringify(copy)};
    const { input, output, directory, model } = JSON.parse(process.argv[1]);
    const hooks = await Hunkmark({ directory });
    await hooks['chat.params']({ sessionID: input.sessionID, model });
    try { await hooks['tool.execute.before'](input, output); } catch { process.exit(10); }
    process.exit(0);`;
  const { status } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', runner, JSON.stringify(payload)],
    { cwd: at.repo, env: at.env },
  );
  if (status !== 0 && status !== 10) throw new Error(`the plugin ended with ${status}`);
  return status === 0;
}
