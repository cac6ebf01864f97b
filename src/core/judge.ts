import type { Finding } from './finding';
import type { CommitFacts, Court } from './judge-facts';
import { namesOf, placed } from './judge-finding';
import { aiFindings, unknownFindings, unlistedFindings } from './judge-lines';
import { acknowledgement, changeReference, notGrave, override, policyChanged } from './judge-person';
import { exempt, provenanceFindings, restored } from './judge-provenance';
import { isExempt } from './placing';

/**
 * What the policy of the target says of one commit. An exact revert is never an error, whatever it touches. Every
 * claim of the commit is held against its content: `AI-Tier` and `AI-Policy` are not looked at.
 */
export function judgeCommit(facts: CommitFacts, court: Court): Finding[] {
  const touched = facts.files.map((file) => ({ file, place: placed(file, court) }));
  const about = { facts, touched, day: court.day, digest: court.digest };
  const changed = policyChanged(about, court.policyFiles);
  const overridden = override(about);
  if (facts.restored?.kind === 'revert')
    return [restored(about, facts.restored), ...overridden.map(notGrave), ...changed];
  const addresses = touched.flatMap(({ file }) => namesOf(file));
  if (court.matcher && isExempt(court.matcher, facts.author, addresses))
    return [exempt(about), ...overridden, ...changed];
  return [
    ...provenanceFindings(about),
    ...aiFindings(about),
    ...unlistedFindings(about),
    ...unknownFindings(about),
    ...acknowledgement(about),
    ...changeReference(about),
    ...overridden,
    ...changed,
  ];
}
