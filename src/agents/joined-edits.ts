import type { Change, Replacement, ReportedEdit } from '../core/agent-event';
import { replay } from '../core/replay';

/**
 * The edits of one call with those of one file made one: a call is recorded once a file, with the text before it and the
 * text after it, and replacements that follow one another are one change. Time is linear in the edits.
 */
export function joinEdits(edits: readonly ReportedEdit[]): readonly ReportedEdit[] {
  const runs: Run[] = [];
  const latest = new Map<string, Run>();
  for (const edit of edits) {
    const run = latest.get(edit.path);
    const parts = edit.before === undefined ? partsOf(edit.change) : null;
    if (run && parts && isContinued(run.edit.change)) run.later.push(parts);
    else latest.set(edit.path, begin(runs, edit));
  }
  return runs.flatMap(joined);
}

interface Run {
  readonly edit: ReportedEdit;
  readonly later: (readonly Replacement[])[];
}

function begin(runs: Run[], edit: ReportedEdit): Run {
  const run = { edit, later: [] };
  runs.push(run);
  return run;
}

/** null: it is no replacement. */
function partsOf(change: Change): readonly Replacement[] | null {
  if (change.kind === 'replace') return [{ old: change.old, new: change.new, all: change.all }];
  return change.kind === 'replacements' ? change.parts : null;
}

const isContinued = (change: Change): boolean => change.kind === 'write' || partsOf(change) !== null;

function joined({ edit, later }: Run): readonly ReportedEdit[] {
  if (later.length === 0) return [edit];
  const rest: Change = { kind: 'replacements', parts: later.flat() };
  const parts = partsOf(edit.change);
  if (parts) return [{ ...edit, change: { kind: 'replacements', parts: [...parts, ...rest.parts] } }];
  const content = edit.change.kind === 'write' ? replay(rest, edit.change.content) : null;
  if (content !== null) return [{ ...edit, change: { kind: 'write', content } }];
  return [edit, { ...edit, before: undefined, change: rest }];
}
