import * as os from 'node:os';
import { claudeAddsCoAuthor } from '../agents/claude-co-author';

/** Whether an agent that this person uses adds a co-author line of its own to commits. */
export function agentsAddCoAuthor(env: NodeJS.ProcessEnv = process.env): boolean {
  return claudeAddsCoAuthor(env['HOME'] ?? os.homedir());
}
