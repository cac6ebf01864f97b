import { forgeEvent } from './forge-event';

/**
 * Why provenance would not survive the forge's squash button, and the setting to change; null where it would, or where
 * nothing here says. For a change that has some.
 */
export function squashLoss(env: NodeJS.ProcessEnv): string | null {
  return env['CI_MERGE_REQUEST_SQUASH_ON_MERGE'] === 'true' ? GITLAB : githubLoss(env);
}

const GITLAB =
  'this merge request is squashed when it is merged, and its trailers survive only if the template of the message holds %{all_commits} (Settings, Merge requests, Squash commit message template)';
const WHERE = 'Settings, General, Pull Requests, Allow squash merging, Default commit message';

function githubLoss(env: NodeJS.ProcessEnv): string | null {
  const request = forgeEvent(env)?.pull_request;
  const repo = request?.base.repo;
  if (!request || repo?.allow_squash_merge !== true) return null;
  const lost = 'the squash button of this repository would drop the trailers of these commits';
  if (repo.squash_merge_commit_message === 'BLANK')
    return `${lost}: set ${WHERE} to "Pull request title and commit details"`;
  if (repo.squash_merge_commit_message !== 'PR_BODY') return null;
  return /^AI-Provenance: v1 /m.test(request.body ?? '')
    ? null
    : `${lost}, for the description of the pull request has none of them: set ${WHERE} to "Pull request title and commit details", or put what hunkmark squash-message prints into the description`;
}
