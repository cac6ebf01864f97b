import { isObjectId } from '../git/head';
import { checkRange, dayAsked, type Checked, type CheckRequest } from './check';
import { withRepository, type Opened, type Place } from './opened';
import { openPolicies } from './policy';
import { Refused } from './refused';

/** A ref that a push changes; object ids, null where it comes or goes. */
export interface PushedRef {
  readonly ref: string;
  readonly old: string | null;
  readonly new: string | null;
}

/** Who asks: the server that receives, or the clone that sends to this remote. */
export type PushSide = { readonly kind: 'receive' } | { readonly kind: 'send'; readonly remote: string };

export interface CheckedRef {
  readonly ref: string;
  /** null: nothing says what the target of a new ref is. */
  readonly checked: Checked | null;
}

/**
 * Judges what a push brings, each ref by the policy at its old value, a new one by that of the default branch. What
 * goes, and tags of something else than commits, bring nothing.
 */
export async function checkPush(
  place: Place,
  refs: readonly PushedRef[],
  side: PushSide,
  request: Pick<CheckRequest, 'asOf' | 'now'>,
): Promise<CheckedRef[]> {
  const day = dayAsked(request);
  return await withRepository(place, async (opened) => {
    const policies = openPolicies(opened);
    const checked: CheckedRef[] = [];
    for (const { ref, old, new: tip } of refs) {
      const head = tip === null ? null : await pushedCommit(opened, tip);
      if (!head) continue;
      // What the other side of a `pre-push` has need not be here.
      const known =
        old === null
          ? null
          : await (side.kind === 'receive' ? pushedCommit(opened, old) : opened.commits.commit(old));
      const base = known?.oid ?? (await defaultTip(opened, side));
      if (base === null && side.kind === 'send') {
        checked.push({ ref, checked: null });
        continue;
      }
      const query = { tips: [head.oid], excluded: known ? [known.oid] : alreadyThere(side) };
      checked.push({
        ref,
        checked: await checkRange(opened, policies, { query, base, head: head.oid }, day),
      });
    }
    return checked;
  });
}

/**
 * The commit that a ref has or gets; null: it is something else, such as a tag of a file. Refused where nothing of that
 * id is here: what is pushed lies apart until the hook ends, and only git's variables say where.
 */
async function pushedCommit(
  { commits, objects }: Opened,
  oid: string,
): ReturnType<Opened['commits']['commit']> {
  const found = await commits.commit(oid);
  if (found || (await objects.read(oid)) !== null) return found;
  throw new Refused(
    `there is no object ${oid} here: run this in the hook itself, with the environment that git gives it`,
  );
}

/** Parses what git writes to `pre-receive` (`OLD NEW REF`) or `pre-push` (`LOCAL NEW REF OLD`). */
export function parsePushed(input: string, side: PushSide): PushedRef[] {
  return input.split('\n').flatMap((line) => {
    if (line === '') return [];
    const words = line.split(' ');
    const [old, tip, ref] = side.kind === 'receive' ? words : [words[3], words[1], words[2]];
    if (!isObjectId(old ?? null) || !isObjectId(tip ?? null) || ref === undefined || ref === '')
      throw new Refused('standard input is not what git writes to this hook');
    return { ref, old: orNull(old), new: orNull(tip) };
  });
}

function orNull(oid: string | undefined): string | null {
  return oid === undefined || /^0+$/.test(oid) ? null : oid;
}

const NAMED = /^[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/;

/** The default branch: of the server what its HEAD names, of a remote what is known of that. */
async function defaultTip({ commits }: Opened, side: PushSide): Promise<string | null> {
  // A push to an address has no branches here that follow it.
  if (side.kind === 'send' && !NAMED.test(side.remote)) return null;
  const name = side.kind === 'receive' ? 'HEAD' : `refs/remotes/${side.remote}/HEAD`;
  return (await commits.commit(name))?.oid ?? null;
}

/** A new ref brings the commits that no ref has yet. */
function alreadyThere(side: PushSide): string[] {
  if (side.kind === 'receive') return ['--all'];
  return [NAMED.test(side.remote) ? `--remotes=${side.remote}` : '--remotes'];
}
