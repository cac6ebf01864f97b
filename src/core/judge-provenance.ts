import type { Finding } from './finding';
import type { Restored } from './judge-facts';
import {
  RESTAMP,
  bySystem,
  finding,
  inSystem,
  isFound,
  mostCritical,
  nameOf,
  type About,
} from './judge-finding';
import type { Placement } from './placing';

export function provenanceFindings(about: About): Finding[] {
  const { facts } = about;
  if (facts.restored) return [restored(about, facts.restored), ...brokenRanges(about)];
  if (facts.reading.tracked === 'no') return missing(about);
  const broken = [...unreadable(about), ...brokenRanges(about)];
  return broken.length > 0 ? broken : wrongCounts(about);
}

export function restored(about: About, what: Restored): Finding {
  const said =
    what.kind === 'merge'
      ? 'a merge without lines of its own'
      : what.kind === 'revert'
        ? `an exact revert of ${what.of.slice(0, 12)}`
        : `an exact cherry-pick of ${what.of.slice(0, 12)}, which has provenance`;
  const message = `This is ${said}; it needs no provenance of its own.`;
  return finding(about, 'provenance/restored', 'information', {}, message, 'There is nothing to do.');
}

export function exempt(about: About): Finding {
  const message = `The policy exempts ${about.facts.author} for the files that this commit touches.`;
  return finding(about, 'provenance/exempt', 'information', {}, message, 'There is nothing to do.');
}

const INSTALL = 'Run hunkmark install here, so that the commit gets its trailers.';

function missing(about: About): Finding[] {
  const asked = about.touched.filter(({ place }) => place.rules.provenance !== 'off');
  return bySystem(asked, 'provenance').map(({ file, place, count }) => {
    const where = { place, rule: 'provenance', path: nameOf(file) } as const;
    const isRequired = place.rules.provenance === 'required';
    const more = count > 1 ? ` and ${count - 1} more of its files` : '';
    const message = `A commit without provenance touches this file${more} (${inSystem(where)}), where it is ${place.rules.provenance}.`;
    const help =
      about.facts.oid === null
        ? INSTALL
        : `Run hunkmark install in the clone the commits come from. ${RESTAMP}`;
    return finding(about, 'provenance/missing', isRequired ? 'error' : 'warning', where, message, help);
  });
}

/** What stands under our keys and cannot be read; nobody knows which file it is about. */
function unreadable(about: About): Finding[] {
  const tiered = mostCritical(about.touched.filter(({ place }) => place.tier !== null));
  return about.facts.reading.invalid.map(({ key, reason }) => {
    const message = `${key} of this commit cannot be read: ${reason}.`;
    const where = tiered ? { place: tiered.place, path: nameOf(tiered.file) } : {};
    return finding(about, 'provenance/invalid', tiered ? 'error' : 'warning', where, message, RESTAMP);
  });
}

function brokenRanges(about: About): Finding[] {
  return about.facts.resolved.flatMap(({ range, verdict }) => {
    if (range.source !== 'block' || isFound(verdict)) return [];
    const place = placeOf(about, range.path);
    const where = {
      place,
      rule: 'provenance',
      path: range.path,
      start: range.start,
      end: range.start + range.count - 1,
      side: range.side,
    } as const;
    if (verdict === 'invalid') {
      const severity = (place?.tier ?? null) === null ? 'warning' : 'error';
      const message = 'The commit names lines that this file does not have.';
      return finding(about, 'provenance/invalid', severity, where, message, RESTAMP);
    }
    const severity = place?.rules.provenance === 'required' ? 'error' : 'warning';
    const message = 'These lines were changed since their provenance was recorded.';
    return finding(about, 'provenance/stale', severity, where, message, RESTAMP);
  });
}

function wrongCounts(about: About): Finding[] {
  const { reading, countsAreRight } = about.facts;
  if (reading.block === null || countsAreRight) return [];
  const required = mostCritical(about.touched.filter(({ place }) => place.rules.provenance === 'required'));
  const where = required
    ? ({ place: required.place, rule: 'provenance', path: nameOf(required.file) } as const)
    : {};
  const message = 'The numbers of AI-Provenance are not those of the commit.';
  const severity = required ? 'error' : 'warning';
  return [finding(about, 'provenance/count-mismatch', severity, where, message, RESTAMP)];
}

function placeOf({ touched }: About, path: string): Placement | undefined {
  return touched.find(({ file }) => file.path === path || file.oldPath === path)?.place;
}
