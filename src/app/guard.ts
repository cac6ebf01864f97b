import type { AgentCall } from '../core/agent-event';
import {
  ALLOWED,
  judgeSkipping,
  judgeWrites,
  strictestVerdict,
  type GuardedFile,
  type Verdict,
} from '../core/guard';
import type { PolicyMatcher } from '../core/placing';
import { hasLeave, takeLeave, type LeaveFor } from '../git/leaves';
import { repositoryPath } from '../git/repository';
import type { GuardTarget } from './guard-targets';
import { withHeadPolicy } from './head-policy';
import { dayOf } from './policy';

/** What an agent that is about to act is told, and what went wrong on the way, in sentences for standard error. */
export interface Guarded {
  readonly verdict: Verdict;
  readonly problems: readonly string[];
}

/**
 * Whether an agent may do what it is about to do, by the policy at HEAD of the repository of each file: the real file,
 * links resolved. Quiet where there is no policy or Hunkmark is not installed. What cannot be judged goes through, and
 * is said.
 */
export async function guard(
  targets: readonly GuardTarget[],
  event: AgentCall,
  now: number,
): Promise<Guarded> {
  const problems: string[] = [];
  const verdicts: Verdict[] = [];
  const leaves: Leave[] = [];
  for (const group of byRepository(targets)) {
    const judged = await judgeIn(group, event, now);
    problems.push(...judged.problems);
    verdicts.push(judged.verdict);
    leaves.push(...judged.leaves);
  }
  const verdict = strictestVerdict(verdicts);
  if (verdict.kind !== 'allow' || leaves.every((leave) => takeLeave(leave.commonDir, leave.for, leave.call)))
    return { verdict, problems };
  // Another call took a leave between the look and the taking.
  return await guard(targets, event, now);
}

interface Leave {
  readonly commonDir: string;
  readonly for: LeaveFor;
  readonly call: string;
}

function byRepository(targets: readonly GuardTarget[]): readonly (readonly GuardTarget[])[] {
  const folders = [...new Set(targets.map(({ repository }) => repository.gitDir))];
  return folders.map((folder) => targets.filter(({ repository }) => repository.gitDir === folder));
}

interface Judged extends Guarded {
  /** What has to be taken if everything else may go on too. */
  readonly leaves: readonly Leave[];
}

const UNJUDGED: Judged = { verdict: ALLOWED, problems: [], leaves: [] };

async function judgeIn(targets: readonly GuardTarget[], event: AgentCall, now: number): Promise<Judged> {
  const [first] = targets;
  if (!first) return UNJUDGED;
  return await withHeadPolicy(first.repository, {
    none: (problem) => ({ ...UNJUDGED, problems: problem === null ? [] : [problem] }),
    work: ({ matcher, isPolicyFile }) => judgeBy(matcher, isPolicyFile, targets, event, dayOf(now)),
  });
}

function judgeBy(
  matcher: PolicyMatcher,
  isPolicy: (name: string) => boolean,
  targets: readonly GuardTarget[],
  { session }: AgentCall,
  today: string,
): Judged {
  const call = JSON.stringify([
    session,
    targets.map((target) => (target.kind === 'write' ? target.file : '')),
  ]);
  const leaves: Leave[] = [];
  const files: GuardedFile[] = [];
  const verdicts: Verdict[] = [];
  for (const target of targets) {
    if (target.kind === 'skip') {
      verdicts.push(judgeSkipping(matcher, target.what, today));
      continue;
    }
    const { repository, file, isOurs } = target;
    const inside = repositoryPath(repository, file);
    const name = inside ?? file;
    const guarded: GuardedFile = { path: name, kind: kindOf(isOurs, isPolicy(name)), hasLeave: false };
    if (judgeWrites(matcher, [guarded], today).kind === 'allow') continue;
    const leave = { worktree: repository.worktreeName, path: name, file };
    const isLeft = inside !== null && hasLeave(repository.commonDir, leave, call);
    if (isLeft) leaves.push({ commonDir: repository.commonDir, for: leave, call });
    files.push({ ...guarded, hasLeave: isLeft });
  }
  return {
    verdict: strictestVerdict([...verdicts, judgeWrites(matcher, files, today)]),
    problems: [],
    leaves,
  };
}

function kindOf(isOurs: boolean, isPolicy: boolean): GuardedFile['kind'] {
  if (isOurs) return 'ours';
  return isPolicy ? 'policy' : 'file';
}
