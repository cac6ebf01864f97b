import { CODEOWNERS_FILES, catalogKind, proposePolicy, type OwnershipFile } from '../core/propose';
import { withRepository, type Place } from './opened';
import { Refused } from './refused';
import { workingFiles } from './working-policy';

/** A first policy for this repository, as text; see `proposePolicy`. */
export async function propose(place: Place): Promise<string> {
  return await withRepository(place, async ({ repository: { worktree } }) => {
    if (worktree === null) throw new Refused('there is no working tree here');
    const files = workingFiles(worktree);
    const textAt = async (name: string): Promise<OwnershipFile | null> => {
      const bytes = await files.read({ path: name, mode: '100644', oid: '' });
      return bytes && { path: name, text: bytes.toString('utf8') };
    };
    const all = (await files.list()).map((entry) => entry.path);
    const owners = CODEOWNERS_FILES.find((name) => all.includes(name));
    const catalogs = await Promise.all(all.filter((name) => catalogKind(name) !== null).map(textAt));
    const proposal = proposePolicy(
      owners === undefined ? null : await textAt(owners),
      catalogs.filter((file) => file !== null),
    );
    if (proposal === null)
      throw new Refused(
        'there is no CODEOWNERS, no catalog-info.yaml and no entity.datadog.yaml here to propose systems from',
      );
    return proposal;
  });
}
