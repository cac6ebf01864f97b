import * as fs from 'node:fs';
import * as z from '../core/schema';

/** The largest description of an event that is read. */
const EVENT_BYTES = 4 * 1024 * 1024;

/** What GitHub tells a workflow of a push, or of a pull request and the settings of its repository; all may be missing. */
const EVENT = z.object({
  before: z.nullish(z.string()),
  repository: z.optional(z.object({ default_branch: z.optional(z.string()) })),
  pull_request: z.optional(
    z.object({
      body: z.nullish(z.string()),
      base: z.object({
        repo: z.object({
          allow_squash_merge: z.optional(z.boolean()),
          squash_merge_commit_message: z.optional(z.string()),
        }),
      }),
    }),
  ),
});

/** The event that a workflow runs for. Null where there is none, or whatever is wrong with its file: a check goes on without. */
export function forgeEvent(env: NodeJS.ProcessEnv): z.infer<typeof EVENT> | null {
  const file = env['GITHUB_EVENT_PATH'];
  if (file === undefined || file === '') return null;
  try {
    const stat = fs.statSync(file);
    if (!stat.isFile() || stat.size > EVENT_BYTES) return null;
    const parsed = z.safeParse(EVENT, JSON.parse(fs.readFileSync(file, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
