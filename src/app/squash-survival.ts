import * as fs from 'node:fs';
import * as z from '../core/schema';

/** The largest description of an event that is read. */
const EVENT_BYTES = 4 * 1024 * 1024;

/** What GitHub tells a workflow of a pull request and the settings of its repository; all of it may be missing. */
const EVENT = z.object({
  pull_request: z.object({
    body: z.nullish(z.string()),
    base: z.object({
      repo: z.object({
        allow_squash_merge: z.optional(z.boolean()),
        squash_merge_commit_message: z.optional(z.string()),
      }),
    }),
  }),
});

/**
 * Why provenance would not survive the forge's squash button, and the setting to change; null where it would, or where
 * nothing here says. For a change that has some.
 */
export function squashLoss(env: NodeJS.ProcessEnv): string | null {
  return env['CI_MERGE_REQUEST_SQUASH_ON_MERGE'] === 'true' ? GITLAB : githubLoss(env['GITHUB_EVENT_PATH']);
}

const GITLAB =
  'this merge request is squashed when it is merged, and its trailers survive only if the template of the message holds %{all_commits} (Settings, Merge requests, Squash commit message template)';
const WHERE = 'Settings, General, Pull Requests, Allow squash merging, Default commit message';

function githubLoss(file: string | undefined): string | null {
  const event = file === undefined || file === '' ? null : readEvent(file);
  const repo = event?.pull_request.base.repo;
  if (!event || repo?.allow_squash_merge !== true) return null;
  const lost = 'the squash button of this repository would drop the trailers of these commits';
  if (repo.squash_merge_commit_message === 'BLANK')
    return `${lost}: set ${WHERE} to "Pull request title and commit details"`;
  if (repo.squash_merge_commit_message !== 'PR_BODY') return null;
  return /^AI-Provenance: v1 /m.test(event.pull_request.body ?? '')
    ? null
    : `${lost}, for the description of the pull request has none of them: set ${WHERE} to "Pull request title and commit details", or put what hunkmark squash-message prints into the description`;
}

/** Whatever is wrong with the file, the check goes on without. */
function readEvent(file: string): z.infer<typeof EVENT> | null {
  try {
    const stat = fs.statSync(file);
    if (!stat.isFile() || stat.size > EVENT_BYTES) return null;
    const parsed = z.safeParse(EVENT, JSON.parse(fs.readFileSync(file, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
