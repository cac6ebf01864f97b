import * as fs from 'node:fs';
import * as path from 'node:path';
import type { AgentCall, AgentEvent, ReportedEdit } from '../core/agent-event';
import { claimable, timeAfter } from '../core/journal';
import type { Agent } from '../agents/agent';
import { agentNamed } from '../agents/agents';
import { stopOf, type Stop } from '../agents/verdict';
import { mendHookFiles } from '../git/hook-mending';
import { registerMoved } from '../git/registry';
import { appendRecord, journalOf } from '../git/journal-files';
import { realTarget } from '../git/real-target';
import { findRepository, repositoryPath, type Repository } from '../git/repository';
import { isInstalled, markPending } from '../git/state-files';
import { noteHeard } from '../git/heard';
import { isIgnored } from '../git/ignore';
import { noteModel, notedModel } from '../git/session-models';
import { hasLeftRunning, removeUnended } from '../git/shell-windows';
import { readSettledFile, readWorkingFile } from '../git/working-file';
import { foldEdit, pathHistory, type FinishedEdit, type Folded } from './fold';
import { guardTargets } from './guard-targets';
import { linesTakenOut, withoutMoved } from './one-step';
import { appendKnown, recordsOf, RECENT, startOf, writerOf, type PathRecords, type Place } from './recording';
import { replay } from '../core/replay';
import { unseenBefore } from './unseen-before';
import { proposed } from './proposed';

/** One call of an agent's hook, as the host got it. */
export interface RecordRequest {
  readonly agent: string;
  readonly event: string;
  /** Standard input; JSON, hostile until parsed. */
  readonly payload: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What cannot be judged is denied. */
  readonly failsClosed?: boolean;
}

/** What the agent is answered, and what went wrong, in words for standard error; never an exit code. */
export interface RecordOutcome {
  /** For standard output, in the agent's own words; empty: nothing stops it. */
  readonly answer: string;
  readonly problems: readonly string[];
}

/**
 * Takes note of what an agent has done, and judges and takes note of what it is about to do. What is denied is not
 * recorded: a person may type the same. Silent and without effect where Hunkmark is not installed.
 * Nothing here throws for what a payload contains; what cannot be read or written is a problem to be told.
 */
export async function record(request: RecordRequest): Promise<RecordOutcome> {
  const agent = await agentNamed(request.agent, request.event);
  if (!agent) return failed(`no agent is called ${JSON.stringify(request.agent)} here.`);
  let payload: unknown;
  try {
    payload = JSON.parse(request.payload);
  } catch {
    const event = `${request.agent} ${request.event}`;
    return failed(`what ${event} sent is not JSON (it may be cut); nothing was recorded.`);
  }
  const event = withModel(agent.parse(request.event, payload), agent);
  if (event.kind === 'opaque' && agent.isExplicit)
    return failed(
      `what ${request.agent} ${request.event} sent is not understood: ${event.reason}; nothing was recorded.`,
    );
  heardOf(request.agent, event, request.now);
  const { stop, isJudged, problems: unjudged } = await stopFor(agent, event, request);
  const going = isJudged ? (agent.goText ?? '') : '';
  const answer = stop === null ? going : agent.stopText(request.event, stop);
  if (stop?.decision === 'deny') return { answer, problems: unjudged };
  return { answer, problems: [...unjudged, ...(await journal(event, agent, request.now))] };
}

/** The agent runs its hooks, whatever it says: where it works, and where the file is that it edits. */
function heardOf(agent: string, event: AgentEvent, now: number): void {
  try {
    const [edit] = 'edits' in event ? event.edits : [];
    const found = [installedRepository(event), edit ? placeOf(event, edit)?.repository : null];
    for (const commonDir of new Set(found.flatMap((repository) => repository?.commonDir ?? [])))
      noteHeard(commonDir, agent, now);
  } catch {
    // It costs what doctor says of the agent, and nothing that is recorded.
  }
}

function failed(problem: string): RecordOutcome {
  return { answer: '', problems: [`hunkmark: ${problem}`] };
}

/** An agent waits for the answer; after this long it goes on without. */
const ANSWER_MS = 1800;

/** What stops the agent; null: nothing. An error of ours stops nobody, unless agents are to fail closed. */
async function stopFor(
  agent: Agent,
  event: AgentEvent,
  { now, failsClosed = false }: RecordRequest,
): Promise<Judged> {
  try {
    const targets = guardTargets(event);
    if (targets.length === 0) return { stop: null, isJudged: false, problems: [] };
    // Where there is no policy, which is nearly everywhere, none of this is loaded.
    const { guard } = await import('./guard.js');
    const { verdict, problems } = await inTime(guard(targets, event, now));
    if (verdict.kind === 'allow') return { stop: null, isJudged: true, problems };
    return { stop: stopOf(verdict, await isAsked(agent, event)), isJudged: true, problems };
  } catch (error) {
    const reason = `this was not judged by the policy: ${error instanceof Error ? error.message : String(error)}`;
    const stop: Stop = { decision: 'deny', reason: `Hunkmark: ${reason}. Agents are stopped then.` };
    return { stop: failsClosed ? stop : null, isJudged: false, problems: [`hunkmark: ${reason}`] };
  }
}

async function isAsked({ asking }: Agent, event: AgentEvent): Promise<boolean> {
  if (asking !== 'in-terminal') return asking === 'everywhere';
  return (await import('../git/agent-shell.js')).isInTerminal(event.agent);
}

/** Brings the open commands of an agent up to date, for a commit that one of them makes. */
export async function settleWindows(repository: Repository, agent: string, now: number): Promise<void> {
  await (await import('./shell-window.js')).settleWindows(repository, agent, now);
}

interface Judged {
  readonly stop: Stop | null;
  /** A policy was asked. */
  readonly isJudged: boolean;
  readonly problems: readonly string[];
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('it took too long')), ANSWER_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function journal(event: AgentEvent, agent: Agent, now: number): Promise<readonly string[]> {
  const problems: string[] = [];
  const guarded = async (what: string, work: () => Promise<void> | void): Promise<void> => {
    try {
      await work();
    } catch (error) {
      problems.push(
        `hunkmark: ${what} was not recorded: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  };
  if (GOES_ON.includes(event.kind)) await guarded('a command', async () => await lookAtWhatRuns(event, now));
  switch (event.kind) {
    case 'edit-starting':
      for (const edit of event.edits.map(withoutRename))
        await guarded(edit.path, () => editStarting(event, edit, now));
      break;
    case 'edit-finished': {
      let takenOut: readonly TakenOut[] = [];
      await guarded('a call', () => {
        takenOut = takenOutBy(event);
      });
      for (const edit of event.edits) {
        if (edit.change.kind === 'rename')
          await guarded(edit.change.to, () => renameFinished(event, edit, now, agent.modelOf(event)));
        const others = takenOut.flatMap((from) => (from.edit === edit ? [] : [from.lines]));
        await guarded(edit.path, () =>
          editFinished(event, withoutRename(edit), { now, model: agent.modelOf(event), others }),
        );
      }
      break;
    }
    case 'session-started':
      await guarded('the session', async () => await sessionStarted(event, now));
      break;
    case 'shell-starting':
      await guarded('a command', async () => {
        const repository = installedRepository(event);
        if (repository) problems.push(...(await (await shellWindow()).shellStarting(repository, event, now)));
      });
      break;
    case 'shell-finished':
      await guarded('a command', async () => {
        const repository = installedRepository(event);
        if (repository)
          await (await shellWindow()).shellFinished(repository, event, agent.modelOf(event), now);
      });
      break;
    case 'model-chosen':
      await guarded('the model', () => {
        const repository = installedRepository(event);
        if (repository) noteModel(repository, event, now);
      });
      break;
    case 'turn-ended':
    case 'session-ended':
      await guarded('a command', () => {
        const repository = installedRepository(event);
        if (repository) removeUnended(repository, event, now);
      });
      break;
    case 'edit-failed':
    case 'write-starting':
    case 'opaque':
      break;
  }
  return problems;
}

/** Where no call names its model, it is the one that the session has named elsewhere. */
function withModel(event: AgentEvent, { namesModelsApart }: Agent): AgentEvent {
  if (namesModelsApart !== true || event.model !== null || event.kind === 'opaque') return event;
  const repository = installedRepository(event);
  return repository ? { ...event, model: notedModel(repository, event) } : event;
}

/** What a patch that renames a file does to the old name. */
function withoutRename(edit: ReportedEdit): ReportedEdit {
  return edit.change.kind === 'rename' ? { ...edit, change: { kind: 'delete' } } : edit;
}

/** The repository is the one of the file, not of the payload's folder; a relative path is relative to that folder. */
function placeOf(call: AgentCall, edit: ReportedEdit): Place | null {
  if (edit.path === '' || edit.path.includes('\0')) return null;
  const file = fileOf(call, edit);
  const repository = findRepository(path.dirname(file));
  if (!repository || !isInstalled(repository.commonDir)) return null;
  const inside = repositoryPath(repository, file);
  return inside === null ? null : { repository, journal: journalOf(repository), path: inside, file };
}

/** What is written to a link is written to the file that it leads to. */
function fileOf({ cwd }: AgentCall, { path: name, change }: ReportedEdit): string {
  const file = path.resolve(cwd === '' ? '.' : cwd, name);
  const isOfLink = change.kind === 'delete' || change.kind === 'rename';
  const isLink = !isOfLink && fs.lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  return isLink ? realTarget(file) : file;
}

async function editStarting(call: AgentEvent & AgentCall, edit: ReportedEdit, now: number): Promise<void> {
  const place = placeOf(call, edit);
  if (!place) return;
  const { known, started } = recordsOf(place, 1);
  if (known.length + started.length === 0 && (await isIgnored(place.repository, place.path))) return;
  const seen = await readSettledFile(place.file, edit.before ?? '');
  if (seen.kind === 'untracked') return;
  const { agent, model, session } = call;
  // Without the marker git's hooks would not ask the journal; a marker without a record costs nothing but a start.
  markPending(place.repository.commonDir);
  appendRecord(place.journal, writerOf(call), {
    kind: 'started',
    path: place.path,
    before: seen.kind === 'text' ? seen.text : null,
    change: claimable(edit.change),
    agent,
    model,
    session,
    call: call.call,
    at: timeAfter([...known, ...started], now),
  });
}

interface Finishing {
  readonly now: number;
  readonly model: string | null;
  /** What the same call took out of other files. */
  readonly others: readonly (readonly string[])[];
}

async function editFinished(
  call: AgentEvent & AgentCall,
  edit: ReportedEdit,
  { now, model, others }: Finishing,
): Promise<void> {
  const place = placeOf(call, edit);
  if (!place) return;
  const history = recordsOf(place, RECENT);
  edit = proposed(call, edit, history);
  // What has a record was no ignored file then.
  const isFirst = history.known.length + history.started.length === 0;
  if (isFirst && (await isIgnored(place.repository, place.path))) return;
  const started = startOf(call, edit.change, history);
  const seen = edit.before ?? (started ? started.before : edit.before);
  const expected = edit.after ?? replay(edit.change, seen ?? null) ?? '';
  const disk = await readSettledFile(place.file, expected);
  if (disk.kind === 'untracked') return;
  const texts =
    seen === undefined && disk.kind === 'text'
      ? unseenBefore(edit, disk.text, history.known, viaOf(call))
      : { before: seen, disk: disk.kind === 'text' ? disk.text : null };
  const folded = foldCall(call, edit, history, { ...texts, now, model });
  const own = withoutMoved(folded, history.known, others);
  await appendKnown(place, call, own, disk.kind === 'text', history.known, now);
  mendHooks(place.repository);
}

/** Of a call that changes several files, what it took out of each. */
function takenOutBy(call: AgentCall & { readonly edits: readonly ReportedEdit[] }): TakenOut[] {
  if (call.edits.length < 2) return [];
  return call.edits.flatMap((edit) => {
    const place = placeOf(call, edit);
    if (!place) return [];
    const history = recordsOf(place, RECENT);
    const before = edit.before ?? startOf(call, edit.change, history)?.before ?? '';
    const disk = readWorkingFile(place.file);
    const now = disk.kind === 'text' ? disk.text : '';
    return [{ edit, lines: linesTakenOut(before, now, history.known) }];
  });
}

interface TakenOut {
  readonly edit: ReportedEdit;
  readonly lines: readonly string[];
}

/** The file under its new name: the step from the text that the call found under the old one. */
async function renameFinished(
  call: AgentEvent & AgentCall,
  edit: ReportedEdit,
  now: number,
  model: string | null,
): Promise<void> {
  if (edit.change.kind !== 'rename') return;
  const [from, place] = [placeOf(call, edit), placeOf(call, { ...edit, path: edit.change.to })];
  if (!from || !place || from.repository.gitDir !== place.repository.gitDir) return;
  const history = recordsOf(from, RECENT);
  const before = startOf(call, edit.change, history)?.before ?? null;
  const { known } = recordsOf(place, RECENT);
  if (before === null || (known.length === 0 && (await isIgnored(place.repository, place.path)))) return;
  const disk = await readSettledFile(place.file, replay(edit.change, before) ?? '');
  if (disk.kind !== 'text') return;
  const folded = foldCall(call, edit, history, { before, disk: disk.text, now, model });
  await appendKnown(place, call, folded, true, known, now);
}

/** The step of a call that has ended. */
function foldCall(
  call: AgentEvent & AgentCall,
  { change, after }: ReportedEdit,
  { known, started }: PathRecords,
  {
    before,
    disk,
    now,
    model,
  }: Pick<FinishedEdit, 'before' | 'disk'> & { readonly now: number; readonly model: string | null },
): Folded {
  const author = { via: viaOf(call), agent: call.agent, model, evidence: 'reported' } as const;
  const history = pathHistory(known, started, call, timeAfter([...known, ...started], now));
  return foldEdit(history, { change, author, before, after, disk }, call.call);
}

function viaOf(call: AgentEvent): 'agent' | 'completion' {
  return call.kind === 'edit-finished' ? (call.via ?? 'agent') : 'agent';
}

/** An agent's `npm install` has a hook manager write its hooks anew; the agent's commit comes next. */
function mendHooks({ worktree, commonDir }: Repository): void {
  if (worktree !== null) mendHookFiles(commonDir, worktree);
}

const shellWindow = async (): Promise<typeof import('./shell-window.js')> =>
  await import('./shell-window.js');

function installedRepository({ cwd }: AgentCall): Repository | null {
  const repository = findRepository(cwd === '' ? '.' : cwd);
  return repository && isInstalled(repository.commonDir) ? repository : null;
}

/** Before a call, and at the end, a program that a command has left running may have written. */
const GOES_ON: readonly AgentEvent['kind'][] = ['edit-starting', 'turn-ended', 'session-ended'];

async function lookAtWhatRuns(call: AgentCall, now: number): Promise<void> {
  const repository = installedRepository(call);
  if (repository && hasLeftRunning(repository, call))
    await (await shellWindow()).settleLeftRunning(repository, call, now);
}

async function sessionStarted(call: AgentCall, now: number): Promise<void> {
  const repository = installedRepository(call);
  if (!repository) return;
  registerMoved(repository);
  mendHooks(repository);
  const { compactJournal } = await import('./compact.js');
  await compactJournal(repository, now);
}
