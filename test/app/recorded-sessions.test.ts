import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { installHooks } from '../../src/app/install';
import { record } from '../../src/app/record';
import { scratchRepo, type ScratchRepo } from '../support/scratch-repo';

/**
 * Sessions of real agents, call by call through the real hook program, then a real `git commit`. What each
 * line is was written by hand from reading the session. `SIDE LINE CLASS`: lines of the commit for `+`, of its parent
 * for `-`; a line that is not named is not the agent's.
 */
interface Session {
  readonly name: string;
  readonly why: string;
  readonly lines: Readonly<Record<string, readonly string[]>>;
  /** `ai mixed unknown ai-deleted` of the commit; null: no trailers at all. */
  readonly counts: string | null;
  /** Default: `agent`. */
  readonly via?: 'shell';
  /** Where the recording names another than the agent's others do. */
  readonly model?: string;
}

const SESSIONS: readonly Session[] = [
  {
    name: 'create',
    why: 'a new file with two lines',
    lines: { 'src/new.js': ['+1 ai', '+2 ai'] },
    counts: '2 0 0 0',
  },
  {
    name: 'edit',
    why: 'one line becomes two; the second keeps `hello` of the old one, the first only `name` of nine letters',
    lines: { 'src/app.js': ['+2 ai', '+3 mixed', '-2 ai'] },
    counts: '1 1 0 1',
  },
  {
    name: 'overwrite',
    why: 'a whole-file write that changes one line and adds one: `two` and `TWO` are different words',
    lines: { 'src/util.js': ['+2 ai', '+4 ai', '-2 ai'] },
    counts: '2 0 0 1',
  },
  {
    name: 'multiedit',
    why: 'the version changes a literal (mixed), the sum is new words around one-letter names, const becomes let',
    lines: {
      'src/app.js': ['+6 ai', '+9 mixed', '-6 ai', '-9 ai'],
      'src/util.js': ['+1 mixed', '+2 mixed', '+3 mixed', '-1 ai', '-2 ai', '-3 ai'],
    },
    counts: '1 4 0 5',
  },
  {
    name: 'tty-ask-yes',
    why: 'the person said yes: the factor changes, the rest of the line is a person’s',
    lines: { 'tier1/payment.js': ['+2 mixed', '-2 ai'] },
    counts: '0 1 0 1',
  },
  { name: 'tty-ask-no', why: 'the person said no', lines: {}, counts: null },
  { name: 'ask', why: 'nobody was there to say yes', lines: {}, counts: null },
  { name: 'deny-json', why: 'the edit was denied', lines: {}, counts: null },
  { name: 'deny-exit2', why: 'the edit was denied', lines: {}, counts: null },
  { name: 'edit-fail', why: 'the old text was not there', lines: {}, counts: null },
  { name: 'probe', why: 'nothing was edited', lines: {}, counts: null },
  {
    name: 'shell',
    why: 'a here-document, and sed that changes a literal',
    via: 'shell',
    lines: { 'src/heredoc.js': ['+1 ai', '+2 ai'], 'src/app.js': ['+9 mixed', '-9 ai'] },
    counts: '2 1 0 1',
  },
  {
    name: 'shell-bypass',
    why: 'sed with an assembled path changes the factor',
    via: 'shell',
    lines: { 'tier1/payment.js': ['+2 mixed', '-2 ai'] },
    counts: '0 1 0 1',
  },
];
/** What the environment of each agent's commands holds, written by one of them. */
const environment = (lines: number): Session => ({
  name: 'shell-env',
  why: 'a new file by redirection',
  via: 'shell',
  lines: { 'src/env.txt': Array.from({ length: lines }, (_, at) => `+${at + 1} ai`) },
  counts: `${lines} 0 0 0`,
});

const EDIT = SESSIONS.filter(({ name }) => ['create', 'edit', 'overwrite'].includes(name));
const WRITTEN: Session = {
  name: 'ask',
  why: 'the agent has no question, and wrote: the factor changes, the rest of the line is a person’s',
  lines: { 'tier1/payment.js': ['+2 mixed', '-2 ai'] },
  counts: '0 1 0 1',
};
const none = (...names: readonly string[]): Session[] =>
  names.map((name) => ({ name, why: 'no edit of a file went through', lines: {}, counts: null }));
const named = (...names: readonly string[]): Session[] => SESSIONS.filter(({ name }) => names.includes(name));
/** As for Claude Code, but with one edit of the second file only. */
const THREE_EDITS: Session = {
  name: 'multiedit',
  why: 'the version and the literal change (mixed), the sum is new words around one-letter names',
  lines: {
    'src/app.js': ['+6 ai', '+9 mixed', '-6 ai', '-9 ai'],
    'src/util.js': ['+2 mixed', '-2 ai'],
  },
  counts: '1 2 0 3',
};

interface Recorded {
  readonly agent: string;
  /** As the trailer has it. */
  readonly model: string | null;
  /** Those that `install` asks the agent for. */
  readonly events: RegExp;
  readonly sessions: readonly Session[];
}

const AGENTS: readonly Recorded[] = [
  { agent: 'claude-code', model: 'claude-sonnet-4-5', events: /./, sessions: [...SESSIONS, environment(6)] },
  {
    agent: 'codex',
    model: 'gpt-5.5',
    events: /^(?:SessionStart|PreToolUse|PostToolUse|Stop)$/,
    sessions: [
      ...EDIT,
      WRITTEN,
      {
        name: 'multiedit',
        why: 'four patches: literals change, a file moves and its line changes, one is added, one deleted',
        lines: {
          'src/app.js': ['+6 ai', '+9 mixed', '-6 ai', '-9 ai'],
          'src/util.js': ['+1 mixed', '+2 mixed', '+3 mixed', '-1 ai', '-2 ai', '-3 ai'],
          'src/added.js': ['+1 ai'],
          'tier1/payment.js': ['-1 ai', '-2 ai', '-3 ai'],
          'README.md': ['-1 ai'],
          'docs/README.md': ['+1 mixed'],
        },
        counts: '2 5 0 9',
      },
      ...none('deny-json', 'deny-exit2', 'edit-fail', 'probe'),
      ...named('shell', 'shell-bypass'),
      environment(13),
    ],
  },
  {
    agent: 'gemini-cli',
    model: null,
    events: /^(?:SessionStart|BeforeModel|BeforeTool|AfterTool|AfterAgent)$/,
    sessions: [
      // Of this one all events were recorded.
      ...EDIT.map((edit) => (edit.name === 'create' ? { ...edit, model: 'gemini-2.5-pro' } : edit)),
      ...named('multiedit', 'tty-ask-yes'),
      ...none('ask', 'tty-ask-no', 'deny-json', 'deny-exit2', 'edit-fail', 'probe', 'user-level'),
      ...named('shell', 'shell-bypass'),
      environment(5),
    ],
  },
  {
    agent: 'copilot-cli',
    model: null,
    events: /^(?:sessionStart|preToolUse|postToolUse|postToolUseFailure|agentStop)$/,
    sessions: [
      ...named('create', 'edit', 'tty-ask-yes'),
      THREE_EDITS,
      // It does not create a file that is there.
      ...none('overwrite', 'ask', 'tty-ask-no', 'deny-json', 'deny-exit2', 'edit-fail', 'probe'),
      ...named('shell', 'shell-bypass'),
      environment(11),
    ],
  },
  {
    agent: 'opencode',
    model: 'mock-model',
    events: /^(?:PreToolUse|PostToolUse)$/,
    sessions: [
      ...EDIT,
      WRITTEN,
      ...named('multiedit'),
      ...none('deny-json', 'deny-exit2', 'edit-fail', 'probe'),
      ...named('shell', 'shell-bypass'),
      environment(13),
    ],
  },
];

interface Call {
  readonly event: string;
  readonly stdin: Readonly<Record<string, unknown>>;
  readonly files: Readonly<Record<string, string>>;
  readonly modelInTranscript?: string;
}

interface Capture {
  readonly calls: readonly Call[];
  readonly filesAtEnd: Readonly<Record<string, string>>;
}

for (const recorded of AGENTS)
  describe(`recorded sessions of ${recorded.agent}`, () => {
    it('have an expectation each', () => {
      const files = fs.readdirSync(path.resolve('test/agents/captures', recorded.agent));
      assert.deepEqual(recorded.sessions.map(({ name }) => `${name}.json`).toSorted(), files.toSorted());
    });

    for (const session of recorded.sessions)
      it(`${session.name}: ${session.why}`, async () => {
        const repo = scratchRepo();
        try {
          await replaySession(
            repo,
            recorded,
            captureOf(recorded.agent, session.name),
            spawned(repo, recorded),
          );
          commitAll(repo);
          checkCommit(repo, recorded, session);
        } finally {
          repo.dispose();
        }
      });
  });

const [CLAUDE] = AGENTS;
const WHOLE = ['create', 'edit', 'overwrite', 'multiedit'];

describe('a recorded session, and a person who saves the same file at any moment of it', function () {
  this.timeout(240_000);
  for (const session of CLAUDE?.sessions.filter(({ name }) => WHOLE.includes(name)) ?? [])
    it(session.name, async () => {
      assert.ok(CLAUDE);
      const capture = captureOf(CLAUDE.agent, session.name);
      for (let at = 1; at <= capture.calls.length; at++) {
        const repo = scratchRepo();
        try {
          await replaySession(repo, CLAUDE, withPerson(capture, at), inProcess);
          commitAll(repo);
          // The line is the last of its file and shifts nothing.
          const counts = session.counts?.replace(/^(\d+ \d+) 0 /, '$1 1 ') ?? null;
          checkCommit(repo, CLAUDE, { ...session, counts });
        } finally {
          repo.dispose();
        }
      }
    });
});

const PERSON = { path: 'src/app.js', line: 'export const typedByHand = readSettings();\n' };

/** The session as it would have been recorded had a person added a line from this call on. */
function withPerson({ calls, filesAtEnd }: Capture, at: number): Capture {
  const saved = (files: Capture['filesAtEnd']): Capture['filesAtEnd'] => ({
    ...files,
    [PERSON.path]: `${files[PERSON.path] ?? ''}${PERSON.line}`,
  });
  return {
    calls: calls.map((call, i) =>
      i < at ? call : { ...call, files: saved(call.files), stdin: withOriginal(call.stdin) },
    ),
    filesAtEnd: saved(filesAtEnd),
  };
}

function withOriginal(stdin: Call['stdin']): Call['stdin'] {
  const response = stdin['tool_response'] as { filePath?: string; originalFile?: string | null } | undefined;
  if (typeof response?.originalFile !== 'string' || response.filePath !== `/repo/${PERSON.path}`)
    return stdin;
  return { ...stdin, tool_response: { ...response, originalFile: response.originalFile + PERSON.line } };
}

function captureOf(agent: string, name: string): Capture {
  const file = path.resolve('test/agents/captures', agent, `${name}.json`);
  return JSON.parse(fs.readFileSync(file, 'utf8')) as Capture;
}

function commitAll(repo: ScratchRepo): void {
  repo.git('add', '--all');
  const { status } = repo.gitTry('commit', '--quiet', '--allow-empty', '-m', 'feat: the session');
  assert.equal(status, 0);
}

type Calling = (event: string, payload: string) => Promise<void>;

function spawned(repo: ScratchRepo, { agent }: Recorded): Calling {
  const program = path.join(repo.dir, '.git/hunkmark/hook.js');
  return (event, stdin) => {
    const run = repo.run(process.execPath, [program, 'record', agent, event], { stdin });
    assert.deepEqual(run, { status: 0, stdout: '', stderr: '' });
    return Promise.resolve();
  };
}

const inProcess: Calling = async (event, payload) => {
  const { problems } = await record({ agent: 'claude-code', event, payload, now: Date.now() });
  assert.deepEqual(problems, []);
};

async function replaySession(
  repo: ScratchRepo,
  { agent, events }: Recorded,
  capture: Capture,
  tell: Calling,
): Promise<void> {
  writeTree(repo, capture.calls[0]?.files ?? {}, {});
  repo.git('add', '--all');
  repo.git('commit', '--quiet', '-m', 'start');
  await installHooks({
    repositoryDir: repo.dir,
    hookProgram: path.resolve('dist/hook.js'),
    nodePath: process.execPath,
  });
  let tree = capture.calls[0]?.files ?? {};
  const transcript = path.join(repo.root, 'transcript.jsonl');
  for (const call of capture.calls) {
    writeTree(repo, call.files, tree);
    tree = call.files;
    if (!events.test(call.event)) continue;
    if (call.modelInTranscript !== undefined) appendTranscript(transcript, call);
    const payload = agent === 'claude-code' ? { ...call.stdin, transcript_path: transcript } : call.stdin;
    await tell(call.event, JSON.stringify(payload).replaceAll('/repo', repo.dir));
  }
  writeTree(repo, capture.filesAtEnd, tree);
}

function appendTranscript(file: string, call: Call): void {
  const content = [
    { type: 'tool_use', id: call.stdin['tool_use_id'], name: call.stdin['tool_name'], input: {} },
  ];
  const line = { type: 'assistant', message: { role: 'assistant', model: call.modelInTranscript, content } };
  fs.appendFileSync(file, `${JSON.stringify(line)}\n`);
}

function writeTree(
  repo: ScratchRepo,
  files: Readonly<Record<string, string>>,
  before: Readonly<Record<string, string>>,
): void {
  for (const [name, text] of Object.entries(files)) if (before[name] !== text) repo.write(name, text);
  for (const name of Object.keys(before)) if (!(name in files)) fs.rmSync(path.join(repo.dir, name));
}

/** Reads the trailers by git's own eyes and a few patterns; none of the code under test takes part. */
function checkCommit(repo: ScratchRepo, { agent, model }: Recorded, session: Session): void {
  const trailers = repo.git('log', '-1', '--format=%(trailers:unfold,only)');
  const lines = trailers.split('\n').filter((line) => line !== '');
  if (session.counts === null) {
    assert.deepEqual(lines, []);
    return;
  }
  const [ai, mixed, unknown, deleted] = session.counts.split(' ');
  const named = Object.values(session.lines).flat();
  const counts = `v1 ai=${ai} mixed=${mixed} human=0 unknown=${unknown} ai-deleted=${deleted}`;
  const hunks = lines.filter((line) => line.startsWith('AI-Hunk: '));
  const via = session.via ?? 'agent';
  const found = hunks.flatMap((line) => readHunk(repo, via, agent, line));
  assert.match(lines[0] ?? '', new RegExp(`^AI-Provenance: ${counts} hunks=(\\d+) listed=\\1$`));
  assert.equal(
    lines[1],
    `Assisted-by: ${[agent, session.model ?? model].filter((name) => name !== null).join(':')}`,
  );
  assert.equal(lines.length, 2 + hunks.length);
  const expected = Object.entries(session.lines).flatMap(([file, marks]) =>
    marks.map((mark) => `${file} ${mark}`),
  );
  assert.deepEqual(found.toSorted(), expected.toSorted());
  assert.equal(found.length, named.length);
}

function readHunk(repo: ScratchRepo, via: string, agent: string, line: string): string[] {
  const words = line.slice('AI-Hunk: '.length).split(' ');
  const [file = ''] = words;
  const ranges = words.filter((word) => /^[+-]\d/.test(word));
  assert.deepEqual(words.slice(ranges.length + 2), [via, agent]);
  return ranges.flatMap((range) => {
    const [, side = '', start = '', count = '', digest] =
      /^([+-])(\d+),(\d+):([0-9a-f]{8})$/.exec(range) ?? [];
    const blob = repo.git('cat-file', 'blob', `${side === '+' ? 'HEAD' : 'HEAD~'}:${file}`);
    const text = blob.split('\n').slice(Number(start) - 1, Number(start) - 1 + Number(count));
    const sum = createHash('sha256')
      .update(`${text.join('\n')}\n`)
      .digest('hex');
    assert.equal(digest, sum.slice(0, 8), `the digest of ${range} of ${file}`);
    return text.map((_, i) => `${file} ${side}${Number(start) + i} ${words[ranges.length + 1]}`);
  });
}
