import type { HookProgram } from './hook-line';

/**
 * Our plugin for opencode: it hands what its hooks are told to the program behind `record opencode`, and throws where
 * that says deny, which is how opencode's tools are stopped. Where the program or Node is gone it does nothing, unless
 * agents are to fail closed. The model is known from `chat.params` only.
 */
export function pluginText({ program, node, strict }: HookProgram, mark: string): string {
  return `// Written by "hunkmark install --agents opencode", taken out by "hunkmark uninstall". ${mark}
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

const PROGRAM = ${JSON.stringify(program)};
const NODE = ${JSON.stringify(node)};
const STRICT = ${JSON.stringify(strict)};
const TOOLS = ['write', 'edit', 'bash', 'patch', 'apply_patch'];
/** Agents of opencode's own, with a model of their own, that write no file: they name and shorten the session. */
const ASIDE = ['title', 'summary', 'compaction'];
const LIMIT_MS = 30000;

/** What the program answers; null: it could not run. */
function ask(event, payload) {
  return answerOf(event, payload).catch(() => null);
}

function answerOf(event, payload) {
  return new Promise((resolve) => {
    if (!existsSync(PROGRAM)) return resolve(null);
    const told = JSON.stringify(payload);
    const child = spawn(existsSync(NODE) ? NODE : 'node', [PROGRAM, 'record', 'opencode', event], {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', ...(STRICT ? { HUNKMARK_STRICT: '1' } : {}) },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    let answer = '';
    child.stdout.on('data', (chunk) => (answer += chunk));
    child.stdin.on('error', () => {});
    child.on('error', () => {
      clearTimeout(timer);
      resolve(null);
    });
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve(status === 0 ? answer : null);
    });
    child.stdin.end(told);
  });
}

/** Why the tool may not run; null: it may. */
function reasonOf(answer) {
  if (answer === null) return STRICT ? 'Hunkmark could not run, and agents are stopped then.' : null;
  try {
    const { decision, reason } = JSON.parse(answer);
    return decision === 'deny' ? String(reason) : null;
  } catch {
    return answer.trim() !== '' && STRICT ? 'Hunkmark gave no answer, and agents are stopped then.' : null;
  }
}

export const Hunkmark = async ({ directory }) => {
  const models = new Map();
  const modelOf = (input) => models.get(input.sessionID);
  return {
    'chat.params': async (input) => {
      if (ASIDE.includes(input?.agent?.name ?? input?.agent)) return;
      if (input?.sessionID && input?.model?.id) models.set(input.sessionID, { id: input.model.id });
    },
    'tool.execute.before': async (input, output) => {
      if (!TOOLS.includes(input.tool)) return;
      const args = output?.args;
      const reason = reasonOf(await ask('PreToolUse', { input, output: { args }, directory, model: modelOf(input) }));
      if (reason !== null) throw new Error(reason);
    },
    'tool.execute.after': async (input) => {
      if (TOOLS.includes(input.tool)) await ask('PostToolUse', { input, directory, model: modelOf(input) });
    },
    event: async ({ event }) => {
      const input = { sessionID: event?.properties?.sessionID };
      if (event?.type === 'session.idle') await ask('Stop', { input, directory });
      if (event?.type === 'session.created') await ask('SessionStart', { input, directory });
    },
  };
};
`;
}
