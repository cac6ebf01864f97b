import { oneLine, readInput, type Host } from './streams';

// Each command brings in only what it needs itself: what starts here, every commit waits for.

/** Where the two come from, by the event and the hook that they are for. */
export interface Parts {
  record(event: string): Promise<typeof import('../app/record.js')>;
  stamp(hook: string): Promise<typeof import('../app/stamp.js')>;
}

export const PARTS: Parts = {
  record: async () => await import('../app/record.js'),
  stamp: async () => await import('../app/stamp.js'),
};

/** The largest payload of an agent's hook that is read. */
const PAYLOAD_BYTES = 16 * 1024 * 1024;

/**
 * `record AGENT EVENT`: an agent's hook. The status is always 0 (2 would deny the agent its edit): a verdict is said on
 * standard output, in the agent's words, and what went wrong is one line on standard error.
 */
export async function recordCommand(
  host: Host,
  agent: string,
  event: string,
  parts: Parts = PARTS,
): Promise<number> {
  const payload = await readInput(host, PAYLOAD_BYTES);
  if (payload === null) {
    host.stderr(
      `hunkmark: what ${oneLine(agent)} ${oneLine(event)} sent is over 16 MiB; nothing was recorded.\n`,
    );
    return 0;
  }
  const { record } = await parts.record(event);
  const outcome = await record({
    agent,
    event,
    payload,
    now: Date.now(),
    failsClosed: host.env['HUNKMARK_STRICT'] === '1',
  });
  if (outcome.answer !== '') host.stdout(outcome.answer);
  for (const problem of outcome.problems) host.stderr(`${oneLine(problem)}\n`);
  return 0;
}

/**
 * `stamp --hook NAME FILE …`: a git hook. The status is 1 where the policy refuses the commit; otherwise the commit
 * goes through whatever happens here.
 */
export async function stampCommand(
  host: Host,
  hook: string,
  file: string,
  parts: Parts = PARTS,
): Promise<0 | 1> {
  try {
    const { stamp, STAMP_DEFAULTS } = await parts.stamp(hook);
    const now = Date.now();
    const stamped = await stamp({ hook, file, cwd: host.cwd, env: host.env, now, ...STAMP_DEFAULTS });
    if (stamped.kind === 'done' && stamped.notes.length === 0) return 0;
    const { refusalText, stampNoteText } = await import('./text/stamp.js');
    if (stamped.kind === 'refused') {
      host.stderr(refusalText(stamped.blocked, stamped.agent));
      return 1;
    }
    for (const note of stamped.notes) host.stderr(stampNoteText(note));
  } catch (error) {
    const reason = oneLine(error instanceof Error ? error.message : String(error));
    host.stderr(`hunkmark: the commit goes on without provenance: ${reason}\n`);
  }
  return 0;
}
