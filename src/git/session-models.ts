import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { AgentCall } from '../core/agent-event';
import type { Repository } from './repository';
import { ensureState, replaceFile, stateFiles } from './state-files';

/** A session's model is forgotten after this long without a change of it. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;
const LARGEST = 1024;

/** Notes the model of a session, for agents that name it elsewhere than with their edits. */
export function noteModel(repository: Repository, call: AgentCall, now: number): void {
  if (call.model === null || notedModel(repository, call) === call.model) return;
  const { commonDir } = repository;
  ensureState(commonDir);
  const folder = folderOf(commonDir);
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  replaceFile(fileOf(commonDir, call), Buffer.from(JSON.stringify(call.model)), 0o600);
  for (const name of fs.readdirSync(folder)) {
    const stat = fs.statSync(path.join(folder, name), { throwIfNoEntry: false });
    if (stat && now - stat.mtimeMs > KEPT_MS) fs.rmSync(path.join(folder, name), { force: true });
  }
}

/** The model that was noted last; null: none was. */
export function notedModel({ commonDir }: Repository, call: AgentCall): string | null {
  try {
    const file = fileOf(commonDir, call);
    const stat = fs.lstatSync(file, { throwIfNoEntry: false });
    if (!stat?.isFile() || stat.size > LARGEST) return null;
    const model: unknown = JSON.parse(fs.readFileSync(file, 'utf8'));
    return typeof model === 'string' && model !== '' ? model : null;
  } catch {
    return null;
  }
}

function folderOf(commonDir: string): string {
  return path.join(stateFiles(commonDir).folder, 'models');
}

function fileOf(commonDir: string, { agent, session }: AgentCall): string {
  const name = createHash('sha256')
    .update(JSON.stringify([agent, session]))
    .digest('hex');
  return path.join(folderOf(commonDir), name.slice(0, 32));
}
