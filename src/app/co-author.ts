import * as path from 'node:path';
import { claudeAddsCoAuthor } from '../agents/claude-co-author';
import { folderIn, homeFolder } from '../git/home';

/** Whether an agent that this person uses adds a co-author line of its own to commits. */
export function agentsAddCoAuthor(env: NodeJS.ProcessEnv = process.env): boolean {
  return claudeAddsCoAuthor(folderIn(env, 'CLAUDE_CONFIG_DIR') ?? path.join(homeFolder(env), '.claude'));
}
