import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { installAgentHooks } from '../../src/app/agent-hooks';
import { installHooks } from '../../src/app/install';
import { scratchRepo, type ScratchRepo } from '../support/scratch-repo';
import { AGENTS, goesOn, HANGS_MS, type AgentName, type Home, type Person } from '../support/stand-in-agent';

const FILE = 'tier1/payment.js';
const BEFORE = 'export function charge(cents) {\n  return cents * 100;\n}\n';
const AFTER = BEFORE.replace('* 100;', '* 1000; // AI');

type Rule = 'allow' | 'ask' | 'deny';

function policyText(rule: Rule): string {
  return `version: 1
systems:
  checkout: { tier: 1, owners: ['@pay-oncall'], paths: ['tier1/**'] }
tiers: { 1: { agents: ${rule} } }
`;
}

interface Recorded {
  readonly event: string;
  readonly stdin: Readonly<Record<string, unknown>>;
}

/** The call of a recorded session before the agent wrote the file; `/repo` is the repository. */
function recordedWrite(agent: AgentName, repo: ScratchRepo): Recorded {
  const text = fs.readFileSync(path.resolve('test/agents/captures', agent, 'deny-json.json'), 'utf8');
  const { calls } = JSON.parse(text.replaceAll('/repo', repo.dir)) as { readonly calls: readonly Recorded[] };
  const found = calls.find(
    ({ event, stdin }) =>
      /^(?:PreToolUse|BeforeTool|preToolUse)$/.test(event) && /cents \* 1000/.test(JSON.stringify(stdin)),
  );
  assert.ok(found, `${agent} has no such call`);
  return found;
}

interface Scene {
  readonly repo: ScratchRepo;
  readonly at: Home;
  /** The programs that were installed, by their paths: to be broken. */
  readonly programs: readonly string[];
}

async function scene(policy: string | null, strict = false): Promise<Scene> {
  const repo = scratchRepo();
  repo.write(FILE, BEFORE);
  repo.write('src/app.js', 'export {};\n');
  if (policy !== null) repo.write('.hunkmark.yml', policy);
  repo.git('add', '--all');
  repo.git('commit', '--quiet', '-m', 'start');
  const folder = path.join(repo.root, 'program');
  fs.mkdirSync(folder);
  for (const name of ['hook.js', 'record.js', 'shell.js', 'stamp.js', 'policy.js'])
    fs.copyFileSync(path.resolve('dist', name), path.join(folder, name));
  const programs = { hookProgram: path.join(folder, 'hook.js'), nodePath: process.execPath };
  await installHooks({ repositoryDir: repo.dir, ...programs });
  const place = { cwd: repo.dir, env: repo.env };
  const reports = await installAgentHooks(place, { agents: 'all', user: false }, { ...programs, strict });
  assert.deepEqual([...new Set(reports.map(({ kind }) => kind))], ['written']);
  const at = { repo: repo.dir, home: path.join(repo.root, 'home'), env: repo.env };
  const installed = [
    path.join(repo.dir, '.git/hunkmark/hook.js'),
    path.join(at.home, '.local/state/hunkmark/hooks/hook.js'),
  ];
  return { repo, at, programs: [programs.hookProgram, ...installed] };
}

/** Lets the agent do what it was recorded to do, if its hook does not stop it, and gives the bytes of the file then. */
function drive({ repo, at }: Scene, agent: AgentName, person: Person, patience?: number): string {
  assert.equal(repo.read(FILE), BEFORE, 'the bytes before');
  if (goesOn(agent, at, recordedWrite(agent, repo).stdin, person, patience)) repo.write(FILE, AFTER);
  const bytes = repo.read(FILE);
  repo.write(FILE, BEFORE);
  return bytes;
}

describe('the guard before a recorded agent writes', function () {
  this.timeout(120_000);

  /** For each rule and person, the agents that write; the others leave the file byte for byte. */
  const ROWS: readonly (readonly [Rule | null, Person, readonly AgentName[]])[] = [
    [null, 'nobody', AGENTS],
    ['allow', 'nobody', AGENTS],
    ['ask', 'nobody', []],
    ['ask', 'says yes', ['claude-code', 'copilot-cli']],
    ['ask', 'says no', []],
    ['deny', 'nobody', []],
    ['deny', 'says yes', []],
  ];
  for (const [rule, person, writing] of ROWS)
    it(`rule ${rule ?? 'missing'}, and a person ${person}: written by ${writing.join(', ') || 'none'}`, async () => {
      const set = await scene(rule === null ? null : policyText(rule));
      try {
        for (const agent of AGENTS)
          assert.equal(drive(set, agent, person), writing.includes(agent) ? AFTER : BEFORE, agent);
      } finally {
        set.repo.dispose();
      }
    });
});

describe('the guard that cannot run', function () {
  this.timeout(240_000);

  const BREAK: Readonly<Record<string, (program: string) => void>> = {
    missing: (program) => fs.rmSync(program),
    killed: (program) => fs.writeFileSync(program, "process.kill(process.pid, 'SIGKILL');\n"),
    hung: (program) => fs.writeFileSync(program, 'setInterval(() => {}, 1000);\n'),
    crashing: (program) => fs.writeFileSync(program, "throw new Error('x');\n"),
  };
  /** The agents that write although the rule is `deny`: nothing local holds them back then. */
  const ROWS: readonly (readonly [failure: string, strict: boolean, writing: readonly AgentName[]])[] = [
    ['missing', false, AGENTS],
    ['killed', false, AGENTS],
    ['crashing', false, AGENTS],
    ['hung', false, AGENTS],
    ['missing', true, []],
    ['killed', true, []],
    ['crashing', true, []],
    ['hung', true, ['codex', 'gemini-cli', 'copilot-cli']],
  ];
  for (const [failure, strict, writing] of ROWS)
    it(`${failure}${strict ? ', installed with --strict' : ''}: written by ${writing.join(', ') || 'none'}`, async () => {
      const set = await scene(policyText('deny'), strict);
      try {
        for (const program of set.programs) BREAK[failure]?.(program);
        const patience = failure === 'hung' ? HANGS_MS : undefined;
        for (const agent of AGENTS)
          assert.equal(
            drive(set, agent, 'nobody', patience),
            writing.includes(agent) ? AFTER : BEFORE,
            agent,
          );
      } finally {
        set.repo.dispose();
      }
    });
});
