import { claudeAddsCoAuthor } from '../agents/claude-co-author';
import { homeFolder } from '../git/home';

/** Whether an agent that this person uses adds a co-author line of its own to commits. */
export function agentsAddCoAuthor(env: NodeJS.ProcessEnv = process.env): boolean {
  return claudeAddsCoAuthor(homeFolder(env));
}
