import type { AgentCall, ReportedEdit } from '../core/agent-event';
import type { StartedRecord } from '../core/journal';
import type { PathRecords } from './recording';

/**
 * The agent's part of an edit. Where a person has changed what the model proposed before it was written, it is what the
 * call said when it began; where that was not heard, there is none.
 */
export function proposed(call: AgentCall, edit: ReportedEdit, records: PathRecords): ReportedEdit {
  if (!edit.userModified) return edit;
  const change = proposalOf(call, records)?.change ?? { kind: 'patch', hunks: [] };
  return { ...edit, change, after: undefined };
}

/** The call as it began; what a person changes of it also changes an id that is made of its input. */
function proposalOf(
  { session, call }: AgentCall,
  { known, started }: PathRecords,
): StartedRecord | undefined {
  const ended = new Set(known.map((record) => record.call));
  const begun = started.filter((record) => record.session === session);
  return (
    begun.findLast((record) => record.call === call) ?? begun.findLast((record) => !ended.has(record.call))
  );
}
