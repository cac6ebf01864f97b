import type { KnownRecord } from '../core/journal';
import type { KnownText } from '../core/known';
import type { DeletedRun } from '../core/deletions';
import { UNKNOWN, type Evidenced, type LineOrigin } from '../core/origin';
import type { ResolvedRange } from '../core/resolve';
import { lineKey } from '../core/tokens';
import { blame } from '../git/blame';
import { diffCommit } from '../git/diff';
import type { JournalContents } from '../git/journal-files';
import type { ObjectReader } from '../git/objects';
import type { Repository } from '../git/repository';
import { LITERAL, runGit } from '../git/run';
import type { Settings } from '../git/settings';
import { readWorkingFile } from '../git/working-file';
import { splitLines } from '../core/lines';
import type { CommittedText, Sources } from './open-lines';
import type { CommitProvenance, CommitReader } from './committed';
import type { Making } from './making';
import { linesAt, type Target } from './targets';

export interface EvidenceHost {
  readonly repository: Repository;
  readonly cwd: string;
  readonly objects: ObjectReader;
  readonly commits: CommitReader;
  readonly journal: JournalContents;
  /** Whether any commit here may have trailers of ours; if not, history has nothing to tell. */
  readonly tracked: boolean;
  readonly settings: () => Promise<Pick<Settings, 'movedLines'>>;
  /** False when history has been asked for long enough: what is left stays unknown. */
  readonly hasTime: () => boolean;
}

/** How many commits are looked through for what they have taken over. */
const COMMITS = 200;

export function openSources(host: EvidenceHost, making: Making, targets: readonly Target[]): Sources {
  const byPath = recordsByPath(host);
  const own = host.journal.records.filter(({ worktree }) => worktree === host.repository.worktreeName);
  const ownIds = new Set(own.map(({ record }) => record.id));
  const [parent = null] = making.parents;
  const texts = textCommits(making);
  const origins = originReader(host, making);
  return {
    known: (path) => byPath.get(path) ?? [],
    isOwn: ({ id }) => ownIds.has(id),
    knownPaths: [...byPath.keys()],
    current: (path) => currentLines(host.repository, path),
    committed: async (target) => (host.tracked ? await committedTexts(host, parent, texts, target) : []),
    former: async (target) => (host.tracked ? [] : await committedTexts(host, parent, texts, target)),
    elsewhere: async () => (host.tracked ? await textsThatLostLines(host, making, targets, parent) : []),
    origins,
    deletions: async (target) => (host.tracked ? await deletionsTakenOver(host, making, target) : []),
    unspent: async (record) => (host.tracked ? await unspent(host, record, parent) : record.known),
  };
}

/** Known texts by path: those of the own working tree first, the latest first. */
function recordsByPath(host: EvidenceHost): Map<string, KnownRecord[]> {
  const own = host.repository.worktreeName;
  const rank = (worktree: string): number => (worktree === own ? 0 : 1);
  const sorted = host.journal.records
    .flatMap(({ worktree, record }) => (record.kind === 'known' ? [{ worktree, record }] : []))
    .sort((x, y) => rank(x.worktree) - rank(y.worktree) || y.record.at - x.record.at);
  const byPath = new Map<string, KnownRecord[]>();
  for (const { record } of sorted) byPath.set(record.path, [...(byPath.get(record.path) ?? []), record]);
  return byPath;
}

function currentLines(repository: Repository, path: string): readonly string[] | null {
  if (repository.worktree === null) return null;
  const file = readWorkingFile(`${repository.worktree}/${path}`);
  return file.kind === 'text' ? splitLines(file.text) : null;
}

/** A commit with texts, and the one beside it from which git follows renames to the parent. */
interface TextCommit {
  readonly commit: string;
  /** Of a reverted commit's parent, that commit; null: the commit's own parent. */
  readonly beside: string | null;
}

function textCommits({ takenOver, alsoFrom, parents }: Making): TextCommit[] {
  const alone = (commit: string): TextCommit => ({ commit, beside: null });
  const reverted = alsoFrom.map(({ commit, child }) => ({ commit, beside: child }));
  return [...takenOver.map(alone), ...reverted, ...parents.map(alone)];
}

/**
 * The file in each of the commits; where none is called so, the one that was renamed to it until the parent. The commit may
 * have changed too much of it for that to be seen, as git does not look from it either when it picks or reverts.
 */
async function committedTexts(
  host: EvidenceHost,
  parent: string | null,
  commits: readonly TextCommit[],
  target: Target,
): Promise<CommittedText[]> {
  const paths = [...new Set([target.path, target.oldPath].filter((path) => path !== null))];
  const textAt = async (commit: string, path: string): Promise<CommittedText[]> => {
    const lines = await linesAt(`${commit}:${path}`, host.objects);
    return lines === null ? [] : [{ commit, path, lines }];
  };
  const texts = await Promise.all(
    commits.map(async ({ commit }) => (await Promise.all(paths.map((path) => textAt(commit, path)))).flat()),
  );
  // One after the other, while there is time: a reset may take many commits over, and each costs a process.
  for (const [at, { commit, beside }] of commits.entries()) {
    if (texts[at]?.length !== 0 || parent === null || target.oldPath === null) continue;
    const near = beside ?? (await host.commits.commit(commit))?.commit.parents[0];
    for (const from of [commit, near]) {
      if (from === undefined || from === parent || texts[at]?.length !== 0 || !host.hasTime()) continue;
      // Where history ends early, it is not here.
      if ((await host.commits.commit(from)) === null) continue;
      const files = await diffCommit(host.cwd, parent, from);
      const earlier = files.find(({ path }) => path === target.oldPath)?.oldPath ?? null;
      if (earlier !== null) texts[at] = await textAt(commit, earlier);
    }
  }
  return texts.flat();
}

/** Files of the parent that lose lines now, and the files of the commits that are taken over. */
async function textsThatLostLines(
  host: EvidenceHost,
  making: Making,
  targets: readonly Target[],
  parent: string | null,
): Promise<CommittedText[]> {
  const lost = targets.flatMap(({ oldPath, oldLines, deleted }) =>
    parent !== null && oldPath !== null && deleted.length > 0
      ? [{ commit: parent, path: oldPath, lines: oldLines }]
      : [],
  );
  const taken = await Promise.all(
    making.takenOver.map(async (commit) =>
      (await host.commits.changes(commit)).flatMap(({ path, lines }) =>
        path === null ? [] : [{ commit, path, lines }],
      ),
    ),
  );
  return [...lost, ...taken.flat()];
}

/**
 * A commit's own ranges say at once whose the lines are that it added; blame says it of the others. Of added ones it may
 * find another commit, for it compares in another way: a bracket that a commit put in passes for one that it took out.
 * So those of a commit that is taken over are not asked about.
 */
function originReader(host: EvidenceHost, { takenOver }: Making): Sources['origins'] {
  return async (text, lines) => {
    const found = new Map<number, LineOrigin>();
    if (!host.tracked || lines.length === 0) return found;
    const own = await host.commits.read(text.commit);
    if (own) for (const line of lines) take(found, line, originIn(own, text.path, line));
    const others = lines.filter((line) => !found.has(line));
    if (others.length === 0 || !host.hasTime()) return found;
    try {
      const isAdded = takenOver.includes(text.commit) ? await linesAddedBy(host, text) : () => false;
      const left = others.filter((line) => !isAdded(line));
      if (left.length === 0) return found;
      const spans = left.map((line) => ({ start: line, count: 1 }));
      for (const blamed of await blame(host.cwd, text.commit, text.path, spans)) {
        const commit = host.hasTime() ? await host.commits.read(blamed.commit) : null;
        if (commit) take(found, blamed.line, originIn(commit, blamed.path, blamed.originalLine));
      }
    } catch {
      // A path that git cannot be asked for, or a shallow history: what is not found stays unknown.
    }
    return found;
  };
}

async function linesAddedBy(
  { commits }: EvidenceHost,
  text: CommittedText,
): Promise<(line: number) => boolean> {
  const file = (await commits.changes(text.commit)).find(({ path }) => path === text.path);
  return (line) => file?.added.some(({ start, count }) => line >= start && line < start + count) ?? false;
}

function take(found: Map<number, LineOrigin>, line: number, origin: LineOrigin | null): void {
  if (origin) found.set(line, origin);
}

/** Whose an added line of a commit is, by the ranges that verify; null where none covers it. */
function originIn(commit: CommitProvenance, path: string, line: number): LineOrigin | null {
  for (const { range, at } of commit.resolved) {
    if (range.side !== '+' || !at || at.path !== path) continue;
    if (line >= at.start && line < at.start + range.count) return rangeOrigin(range);
  }
  return null;
}

export function rangeOrigin(range: ResolvedRange['range']): LineOrigin {
  if (range.class === 'unknown') return UNKNOWN;
  const { via, agent, model } = range;
  const origin: Evidenced = { class: range.class, via, agent, model, evidence: 'matched' };
  return origin;
}

async function deletionsTakenOver(host: EvidenceHost, making: Making, target: Target): Promise<DeletedRun[]> {
  const runs: DeletedRun[] = [];
  for (const name of making.takenOver) {
    const commit = await host.commits.read(name);
    if (commit) runs.push(...deletedRuns(commit, [target.oldPath, target.path]));
  }
  return runs;
}

function deletedRuns(commit: CommitProvenance, paths: readonly (string | null)[]): DeletedRun[] {
  return commit.resolved.flatMap(({ range, at }) => {
    if (range.side !== '-' || !at || !paths.includes(at.path)) return [];
    const file = commit.files.find(({ change }) => change.oldPath === at.path);
    const author = rangeOrigin(range);
    if (!file || author.class === 'unknown' || author.class === 'base') return [];
    return [{ lines: file.oldLines.slice(at.start - 1, at.start - 1 + range.count), author }];
  });
}

/**
 * The known text without tombstones whose deletion an earlier commit has recorded: a person who brings such a line
 * back and deletes it again has deleted it.
 */
async function unspent(host: EvidenceHost, record: KnownRecord, parent: string | null): Promise<KnownText> {
  const { known, commit, path } = record;
  if (known.tombstones.length === 0 || commit === null || parent === null || commit === parent) return known;
  const answer = await runGit(host.cwd, [
    LITERAL,
    'rev-list',
    `--max-count=${COMMITS}`,
    parent,
    `^${commit}`,
    '--',
    path,
  ]);
  const spent: string[] = [];
  for (const oid of answer.stdout.toString('latin1').split('\n').filter(Boolean)) {
    const later = await host.commits.read(oid);
    if (later) for (const run of deletedRuns(later, [path])) spent.push(...run.lines.map(lineKey));
  }
  const tombstones = known.tombstones.filter((tombstone) => {
    const at = spent.indexOf(lineKey(tombstone.text));
    if (at >= 0) spent.splice(at, 1);
    return at < 0;
  });
  return { ...known, tombstones };
}
