import * as path from 'node:path';
import type { AgentCall, AgentEvent, ReportedEdit } from '../core/agent-event';
import { claimable, timeAfter, type KnownRecord, type StartedRecord } from '../core/journal';
import { agentNamed } from '../agents/agents';
import { readHead } from '../git/head';
import { appendRecord, journalOf, readJournal, type Journal } from '../git/journal-files';
import { findRepository, repositoryPath, type Repository } from '../git/repository';
import { isInstalled, markPending } from '../git/state-files';
import { isIgnored } from '../git/ignore';
import { readSettledFile } from '../git/working-file';
import { compactJournal } from './compact';
import { foldEdit, pathHistory, type Folded } from './fold';
import { replay } from '../core/replay';

/** One call of an agent's hook, as the host got it. */
export interface RecordRequest {
  readonly agent: string;
  readonly event: string;
  /** Standard input; JSON, hostile until parsed. */
  readonly payload: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What went wrong, in words for standard error; an agent is never told with an exit code. */
export interface RecordOutcome {
  readonly problems: readonly string[];
}

/**
 * Takes note of what an agent is about to do or has done. Silent and without effect where Hunkmark is not installed.
 * Nothing here throws for what a payload contains; what cannot be read or written is a problem to be told.
 */
export async function record(request: RecordRequest): Promise<RecordOutcome> {
  const agent = agentNamed(request.agent);
  if (!agent) return { problems: [`hunkmark: no agent is called ${JSON.stringify(request.agent)} here.`] };
  let payload: unknown;
  try {
    payload = JSON.parse(request.payload);
  } catch {
    const event = `${request.agent} ${request.event}`;
    return { problems: [`hunkmark: what ${event} sent is not JSON (it may be cut); nothing was recorded.`] };
  }
  const event = agent.parse(request.event, payload);
  const problems: string[] = [];
  const guard = async (what: string, work: () => Promise<void> | void): Promise<void> => {
    try {
      await work();
    } catch (error) {
      problems.push(
        `hunkmark: ${what} was not recorded: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  };
  switch (event.kind) {
    case 'edit-starting':
      for (const edit of event.edits) await guard(edit.path, () => editStarting(event, edit, request.now));
      break;
    case 'edit-finished':
      for (const edit of event.edits)
        await guard(edit.path, () => editFinished(event, edit, request.now, agent.modelOf(event)));
      break;
    case 'session-started':
      await guard('the session', async () => await sessionStarted(event, request.now));
      break;
    case 'edit-failed':
    case 'shell-starting':
    case 'shell-finished':
    case 'turn-ended':
    case 'session-ended':
    case 'opaque':
      break;
  }
  return { problems };
}

/** How many of a writer's records of a file say what is going on in it; each was made from those before it. */
const RECENT = 12;

/** A file of a repository that has Hunkmark. */
interface Place {
  readonly repository: Repository;
  readonly journal: Journal;
  readonly path: string;
  readonly file: string;
}

/** The repository is the one of the file, not of the payload's folder; a relative path is relative to that folder. */
function placeOf(call: AgentCall, edit: ReportedEdit): Place | null {
  if (edit.path === '' || edit.path.includes('\0')) return null;
  const file = path.resolve(call.cwd === '' ? '.' : call.cwd, edit.path);
  const repository = findRepository(path.dirname(file));
  if (!repository || !isInstalled(repository.commonDir)) return null;
  const inside = repositoryPath(repository, file);
  return inside === null ? null : { repository, journal: journalOf(repository), path: inside, file };
}

async function editStarting(call: AgentEvent & AgentCall, edit: ReportedEdit, now: number): Promise<void> {
  const place = placeOf(call, edit);
  if (!place) return;
  const { known } = recordsOf(place, 1);
  if (known.length === 0 && (await isIgnored(place.repository, place.path))) return;
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
    at: timeAfter(known, now),
  });
}

async function editFinished(
  call: AgentEvent & AgentCall,
  edit: ReportedEdit,
  now: number,
  model: string | null,
): Promise<void> {
  const place = placeOf(call, edit);
  if (!place) return;
  const history = recordsOf(place, RECENT);
  if (history.known.length === 0 && (await isIgnored(place.repository, place.path))) return;
  const started = history.started.find(
    (record) => record.session === call.session && record.call === call.call,
  );
  const before = edit.before ?? (started ? started.before : edit.before);
  const expected = edit.after ?? replay(edit.change, before ?? null) ?? '';
  const disk = await readSettledFile(place.file, expected);
  if (disk.kind === 'untracked') return;
  const folded = foldEdit(
    pathHistory(
      history.known,
      history.started,
      { session: call.session, call: call.call },
      timeAfter([...history.known, ...history.started], now),
    ),
    {
      change: edit.change,
      author: { via: 'agent', agent: call.agent, model, evidence: 'reported' },
      before,
      after: edit.after,
      disk: disk.kind === 'text' ? disk.text : null,
    },
    call.call,
  );
  await appendKnown(place, call, folded, disk.kind === 'text', history.known, now);
}

async function appendKnown(
  place: Place,
  call: AgentCall,
  folded: Folded,
  exists: boolean,
  earlier: readonly KnownRecord[],
  now: number,
): Promise<void> {
  const used = new Set(earlier.flatMap((record) => record.from));
  markPending(place.repository.commonDir);
  appendRecord(place.journal, writerOf(call), {
    kind: 'known',
    path: place.path,
    known: folded.known,
    exists,
    commit: await readHead(place.repository),
    from: earlier.filter((record) => !used.has(record.id)).map((record) => record.id),
    at: timeAfter(earlier, now),
    session: call.session,
    call: call.call,
    claimed: folded.claimed,
  });
}

interface PathRecords {
  readonly known: readonly KnownRecord[];
  readonly started: readonly StartedRecord[];
}

/** What this working tree's journal holds about the file. */
function recordsOf(place: Place, latest: number): PathRecords {
  const { records } = readJournal(place.journal, { path: place.path, latest });
  const own = records.filter((placed) => placed.worktree === place.journal.worktree);
  return {
    known: own.flatMap(({ record }) =>
      record.kind === 'known' && record.path === place.path ? [record] : [],
    ),
    started: own.flatMap(({ record }) =>
      record.kind === 'started' && record.path === place.path ? [record] : [],
    ),
  };
}

async function sessionStarted(call: AgentCall, now: number): Promise<void> {
  const repository = findRepository(call.cwd === '' ? '.' : call.cwd);
  if (repository && isInstalled(repository.commonDir)) await compactJournal(repository, now);
}

function writerOf(call: AgentCall): string {
  return `${call.agent}-${call.session}${call.subagent === null ? '' : `-${call.subagent}`}`;
}
