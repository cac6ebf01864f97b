import { UNKNOWN, type LineOrigin } from '../core/origin';
import { diffIndex } from '../git/diff';
import { indexEntries } from '../git/staged';
import { hasMarker, isInstalled } from '../git/state-files';
import { blameRevision } from './blame';
import type { Opened } from './opened';
import { linesAt } from './targets';

/** What the last commit has of a file that is open in an editor. */
export interface OpenHead {
  /** The file in the last commit; null: it has none. */
  readonly head: readonly string[] | null;
  /** Its path there: another one where it has been renamed since. */
  readonly headPath: string;
  /** Whose the lines of `head` are; null: history says nothing. */
  readonly headHistory: readonly LineOrigin[] | null;
}

/** `names`: of the file, the latest first; the last commit has it under the first one that it knows. */
export async function openHead(
  opened: Opened,
  names: readonly [string, ...string[]],
  commit: string | null,
  earlier: (OpenHead & { readonly commit: string | null }) | null,
): Promise<OpenHead> {
  const isSame = earlier !== null && earlier.commit === commit;
  const { head, headPath } = isSame ? earlier : await headOf(opened, names, commit);
  if (head === null) return { head, headPath, headHistory: null };
  const headHistory = (isSame ? earlier.headHistory : null) ?? (await historyOf(opened, headPath));
  return { head, headPath, headHistory };
}

async function headOf(
  opened: Opened,
  names: readonly [string, ...string[]],
  commit: string | null,
): Promise<Pick<OpenHead, 'head' | 'headPath'>> {
  const none = { head: null, headPath: names[0] };
  if (commit === null) return none;
  for (const headPath of names) {
    const head = await linesAt(`${commit}:${headPath}`, opened.objects);
    if (head !== null) return { head, headPath };
  }
  const headPath = await renamedInIndex(opened, names[0], commit);
  return headPath === null
    ? none
    : { head: await linesAt(`${commit}:${headPath}`, opened.objects), headPath };
}

/** The name that a file of the index has in the commit; null: none that git sees, or it cannot look now. */
async function renamedInIndex({ root }: Opened, name: string, commit: string): Promise<string | null> {
  try {
    if ((await indexEntries(root, [name])).length === 0) return null;
    return (await diffIndex(root, commit)).find(({ path: own }) => own === name)?.oldPath ?? null;
  } catch {
    return null;
  }
}

/** By blame, where some commit here is known to have trailers. null: there is none, or it cannot be read now. */
async function historyOf(opened: Opened, name: string): Promise<readonly LineOrigin[] | null> {
  const { commonDir } = opened.repository;
  if (isInstalled(commonDir) && !hasMarker(commonDir, 'tracked')) return null;
  try {
    const { lines } = await blameRevision(opened, name, 'HEAD');
    return lines.map(({ class: lineClass, via, agent, model }): LineOrigin =>
      lineClass === 'unknown' ? UNKNOWN : { class: lineClass, via, agent, model, evidence: 'matched' },
    );
  } catch {
    return null;
  }
}
