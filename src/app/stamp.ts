import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { isEmptyMessage, parseTrailerBlock, stampMessage, type Cleanup } from '../core/message';
import { isEvidenced } from '../core/origin';
import type { PlacedSystem } from '../core/placing';
import { fromByteString } from '../core/path';
import { matchesWildcards } from '../core/policy';
import { readProvenance, type Reading } from '../core/reading';
import type { Acknowledgement } from '../core/trailer';
import { agentShell } from '../git/agent-shell';
import { findCaller } from '../git/caller';
import { settleFetching } from '../git/fetching';
import { committerIdentity } from '../git/identity';
import { journalOf, readJournal, type JournalContents } from '../git/journal-files';
import { openObjects, type ObjectReader } from '../git/objects';
import { readOperation, type Operation } from '../git/operation';
import { findRepository, type Repository } from '../git/repository';
import { openWindows } from '../git/shell-windows';
import { readSettings, type Settings } from '../git/settings';
import { hasMarker, refreshMarkers, replaceMessage, setMarker } from '../git/state-files';
import { openCommits } from './committed';
import type { Attributed } from './attribute';
import { KNOWN_TEXTS } from './open-lines';
import type { EvidenceHost } from './evidence';
import { attributeIndex, indexChanges } from './index-provenance';
import { acknowledgement } from './asking';
import {
  askPolicy,
  distinct,
  generatedIn,
  readCommitPolicy,
  type Asked,
  type BlockedRange,
  type CommitPolicy,
} from './commit-policy';
import { readMaking, type Making } from './making';
import { dayOf, openPolicies } from './policy';
import { mayHavePolicy, policyStore } from './policy-store';
import { judge, trailerLines } from './provenance';

/** One call of a git hook. */
export interface StampRequest {
  readonly hook: string;
  /** The message file, as git names it. */
  readonly file: string;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds since 1970: the day by which the policy judges. */
  readonly now: number;
  /** Milliseconds that history may be asked for; what is not found by then stays unknown. */
  readonly historyBudget: number;
}

const HISTORY_BUDGET_MS = 3000;
export const STAMP_DEFAULTS = { historyBudget: HISTORY_BUDGET_MS };

/** What a hook has to say, and whether git goes on. */
export type Stamped =
  | { readonly kind: 'done'; readonly notes: readonly StampNote[] }
  /** Nothing was written: the policy blocks these ranges, and nobody who may has overridden it. */
  | { readonly kind: 'refused'; readonly blocked: readonly BlockedRange[]; readonly agent: string | null };

export type StampNote =
  | { readonly kind: 'policy'; readonly problem: string }
  | { readonly kind: 'acknowledge'; readonly waiting: number; readonly systems: readonly PlacedSystem[] }
  | { readonly kind: 'change-ref'; readonly system: PlacedSystem };

export type { BlockedRange };

const DONE: Stamped = { kind: 'done', notes: [] };

/**
 * Writes the trailers of the commit that is being made into its message file, or takes ours out where it needs none.
 * Everything else in the file stays byte for byte; where there is nothing to say, the file is not touched.
 */
export async function stamp(request: StampRequest): Promise<Stamped> {
  const repository = findRepository(request.cwd, request.env);
  if (!repository?.worktree || request.env['HUNKMARK'] === 'off') return DONE;
  const caller = findCaller();
  const operation = readOperation(repository, caller);
  if (request.hook === 'prepare-commit-msg' && (!operation.skipsCommitMsg || operation.replay)) return DONE;
  if (request.hook !== 'prepare-commit-msg' && request.hook !== 'commit-msg') return DONE;
  await settleFetching(request.cwd, repository.commonDir);
  await settleCommands(request, repository);
  const objects = openObjects(request.cwd);
  try {
    return await stampFile(request, repository, operation, objects);
  } finally {
    objects.close();
  }
}

/** An agent's own commit comes before its command has ended. What cannot be looked at stays unknown. */
async function settleCommands({ now, env }: StampRequest, repository: Repository): Promise<void> {
  const agent = openWindows(repository, now).length === 0 ? null : agentShell(env);
  if (agent === null) return;
  try {
    const { settleWindows } = await import('./record.js');
    await settleWindows(repository, agent, now);
  } catch {
    // The commit goes on with what is known.
  }
}

async function stampFile(
  request: StampRequest,
  repository: Repository,
  operation: Operation,
  objects: ObjectReader,
): Promise<Stamped> {
  const file = path.resolve(request.cwd, request.file);
  const message = fs.readFileSync(file, 'latin1');
  const commits = openCommits(request.cwd, objects);
  // The clock of `performance` would have to be loaded first.
  const began = process.uptime();
  const asked = settledSettings(request, repository);
  const making = readMaking(request.cwd, repository, commits, operation, message);
  const tracked = hasMarker(repository.commonDir, 'tracked');
  const looksEarly = tracked || hasMarker(repository.commonDir, 'pending');
  const changes = looksEarly ? making.then((made) => indexChanges(request, made)) : null;
  const policies = openPolicies({ root: request.cwd, objects, commits }, policyStore(repository.commonDir));
  const judging = making.then(async ({ parents: [parent = null] }): Promise<CommitPolicy> =>
    mayHavePolicy(repository)
      ? await readCommitPolicy(policies, commits, parent, dayOf(request.now))
      : { kind: 'none' },
  );
  // A failure is told where the answer is waited for, or nobody needs it.
  for (const promise of [asked, making, changes, judging]) promise?.catch(() => {});
  // git starts before the journal is read, and works meanwhile.
  await new Promise<void>((resolve) => setImmediate(resolve));
  const journal = readJournal(journalOf(repository), { kind: 'known', latest: KNOWN_TEXTS });
  const host: EvidenceHost = {
    repository,
    cwd: request.cwd,
    objects,
    commits,
    journal,
    tracked,
    settings: async () => await asked,
    hasTime: () => 1000 * (process.uptime() - began) < request.historyBudget,
  };
  const attributed = async (): Promise<Attributed[]> =>
    await attributeIndex(host, await making, changes ?? undefined);
  // What is looked for in vain is not waited for.
  const early = mayHaveToSay(message, journal, tracked) ? attributed() : null;
  early?.catch(() => {});
  const settings = await asked;
  if (settings.stamp === 'off') return DONE;
  const policy = await judging;
  const notes: StampNote[] = policy.kind === 'unusable' ? [{ kind: 'policy', problem: policy.problem }] : [];
  const asksAlways = policy.kind === 'policy' && policy.asksAlways;
  if (!early && settings.stamp !== 'always' && !asksAlways) return { kind: 'done', notes };
  // git says who commits while it looks for the changes.
  const mayAcknowledge = policy.kind === 'policy' && policy.asksAcknowledgement;
  const committer = mayAcknowledge ? committerIdentity(request.cwd) : null;
  committer?.catch(() => {});
  const cleanup = cleanupOf(settings, operation, request.env, message);
  const template = templateOf(settings, operation, request, repository);
  if (isEmptyMessage(message, template === null ? cleanup : { ...cleanup, template }))
    return { kind: 'done', notes };

  const files = await (early ?? attributed());
  const judged = judge(files);
  const generated = await generatedIn(objects, ':', policy, files);
  const question = askPolicy(policy, files, judged.ranges, generated);
  const reading = readProvenance(message);
  const refusal = refusalOf(request, operation, await making, question, reading);
  if (refusal) return refusal;
  const ack = await acknowledgement(repository, request.cwd, question, reading, committer);
  const lines = trailerLines(judged, settings, reading.block?.provenance ?? null, question, ack);
  const stamped = stampMessage(message, lines, cleanup);
  if (stamped !== message) replaceMessage(repository, file, Buffer.from(stamped, 'latin1'));
  if (lines !== null) await withoutFail(() => setMarker(repository.commonDir, 'tracked', true));
  notes.push(...waitingNote(question, ack));
  if (operation.mergeHeads.length === 0) notes.push(...changeRefNote(question, message));
  return { kind: 'done', notes };
}

/**
 * Whether the policy refuses the commit. Only commit-msg can, and never a commit that takes others over as they are or
 * back: those were judged when they were made, and what restores a service is not held up.
 */
function refusalOf(
  { hook, env }: StampRequest,
  operation: Operation,
  making: Making,
  { blocked }: Asked,
  { override, buriedOverride }: Reading,
): Stamped | null {
  if (hook !== 'commit-msg' || blocked.length === 0) return null;
  if (making.alsoFrom.length > 0 || operation.madeFrom.length > 0 || operation.replay) return null;
  const agent = agentShell(env);
  if (agent === null && (override ?? buriedOverride) !== null) return null;
  return { kind: 'refused', blocked, agent };
}

function waitingNote(asked: Asked, ack: Acknowledgement | null): StampNote[] {
  const waiting = ack ? ack.required - ack.acknowledged : 0;
  if (waiting === 0 || !asked.isAckMentioned) return [];
  const systems = asked.toAcknowledge.flatMap(({ path: name }) => asked.placementAt(name)?.systems ?? []);
  return [{ kind: 'acknowledge', waiting, systems: distinct(systems) }];
}

/** The check fails without it; here it costs a word. A merge brings what others were asked about. */
function changeRefNote({ changeRefs }: Asked, message: string): StampNote[] {
  if (changeRefs.length === 0) return [];
  const given = (parseTrailerBlock(message)?.trailers ?? [])
    .filter(({ key }) => key.toLowerCase() === 'change-ref')
    .map(({ value }) => fromByteString(value));
  const missing = changeRefs.find(
    ({ rules: { changeRef } }) =>
      changeRef !== null && !given.some((value) => matchesWildcards(changeRef, value)),
  );
  return missing ? [{ kind: 'change-ref', system: missing }] : [];
}

/** The settings, read while the gate's markers are made to fit them: a change in between is noticed. */
async function settledSettings(request: StampRequest, repository: Repository): Promise<Settings> {
  const settings = readSettings(request.cwd);
  await withoutFail(() =>
    refreshMarkers(repository, async () => (await settings).stamp === 'always', request.env),
  );
  return await settings;
}

/** The markers only tell the gate when to start; a disk that is full or locked is no reason to say nothing. */
async function withoutFail(work: () => unknown): Promise<void> {
  try {
    await work();
  } catch {
    // The next commit or command tries again.
  }
}

function mayHaveToSay(message: string, journal: JournalContents, tracked: boolean): boolean {
  if (tracked || message.includes('AI-Provenance')) return true;
  return journal.records.some(
    ({ record }) =>
      record.kind === 'known' &&
      (record.known.origins.some(isEvidenced) || record.known.tombstones.length > 0),
  );
}

const CUT = /^(.+) -{24} >8 -{24}\r?$/m;
const AUTO_COMMENT = /^[#;@!$%^&|:]/;

/** How git will clean the message up; the editor's comments and the cut line are there only where it says so. */
function cleanupOf(
  settings: Settings,
  operation: Operation,
  env: NodeJS.ProcessEnv,
  message: string,
): Cleanup {
  const edited = env['GIT_EDITOR'] !== ':';
  const mode = operation.options.cleanup ?? settings.cleanup ?? 'default';
  const cut = CUT.exec(message);
  const verbose = operation.options.verbose ?? settings.verbose;
  const scissors = cut !== null && (mode === 'scissors' || verbose || edited);
  // Above the scissors comments stay, unless it is `-v` that cuts.
  const strips = mode === 'strip' || (mode === 'default' && edited);
  const comment = settings.comment === 'auto' ? autoComment(message, cut?.[1]) : settings.comment;
  return { commentPrefix: strips ? comment : null, scissors };
}

/** With `core.commentChar=auto` git picks a sign that the message does not use; its own lines come last. */
function autoComment(message: string, cutPrefix: string | undefined): string {
  if (cutPrefix !== undefined) return cutPrefix;
  const last = message.trimEnd().split('\n').at(-1) ?? '';
  return AUTO_COMMENT.exec(last)?.[0] ?? '#';
}

/**
 * The template that git compares the message with. It does so with or without an editor, but not where an option
 * gave the message. A name on the command line is relative to the folder it was typed in, one of the configuration to
 * the root of the working tree.
 */
function templateOf(
  settings: Settings,
  operation: Operation,
  request: StampRequest,
  repository: Repository,
): string | null {
  const typed = operation.options.template;
  const name = typed ?? settings.template;
  const compares = operation.comparesTemplate ?? request.env['GIT_EDITOR'] !== ':';
  if (name === null || !compares) return null;
  const home = request.env['HOME'] ?? os.homedir();
  const root = repository.worktree ?? request.cwd;
  const from = typed === null ? root : path.join(root, request.env['GIT_PREFIX'] ?? '');
  const file = path.resolve(from, typed ?? name.replace(/^~(?=\/)/, home));
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  return stat?.isFile() ? fs.readFileSync(file, 'latin1') : null;
}
