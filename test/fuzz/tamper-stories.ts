import * as fs from 'node:fs';
import * as path from 'node:path';
import { installAgent } from '../support/agent-edits';
import type { ScratchRepo } from '../support/scratch-repo';

/** The files of a tree, by path: bytes, one character each. */
export type Files = ReadonlyMap<string, string>;

/** A commit that the real hooks have stamped, with what is in it and before it. */
export interface Story {
  readonly name: string;
  readonly before: Files;
  readonly after: Files;
  /** The name that a file had before, by the name that it has now. */
  readonly oldNames: ReadonlyMap<string, string>;
  /** Bytes, one character each. */
  readonly message: string;
  /** Lines of `after` that the agent wrote, by path. */
  readonly byAgent: ReadonlyMap<string, ReadonlySet<string>>;
}

const POLICY = `version: 1
systems:
  everything: { tier: 1, owners: ["@all"], paths: ["**"] }
tiers:
  1: { warn: error, commit: acknowledge, provenance: required, unknown: warn, override: deny, changeRef: "CHG-*" }
`;
const POLICY_FILE = '.hunkmark.yml';

const ODD = 'sp ace/ü#%:@ "q".ts';

/** Every line is unlike every other, so that it is plain which lines a commit adds and which it takes away. */
let written = 0;
function line(who: string, end = '\n'): string {
  written++;
  return `const ${who}_${written} = compute(${who}Input${written}, ${written * 37});${end}`;
}

function text(who: string, count: number, end = '\n'): string {
  return Array.from({ length: count }, () => line(who, end)).join('');
}

interface Plan {
  readonly name: string;
  readonly start: Readonly<Record<string, string>>;
  /** What an agent makes of a file, or a person; null takes it away. */
  readonly agent?: Readonly<Record<string, (old: string) => string>>;
  readonly person?: Readonly<Record<string, (old: string) => string>>;
  readonly moves?: readonly (readonly [from: string, to: string])[];
}

/** Lines `from` to `to` (0-based, without `to`) replaced. */
function put(old: string, from: number, to: number, added: string): string {
  const lines = old.split(/(?<=\n)/);
  return [...lines.slice(0, from), added, ...lines.slice(to)].join('');
}

function plans(): Plan[] {
  const a = (): string => text('start', 40);
  return [
    {
      name: 'insertions',
      start: { 'a.ts': a(), 'b.ts': a() },
      agent: {
        'a.ts': (old) => put(put(old, 30, 30, text('agent', 3)), 5, 5, text('agent', 4)),
        'b.ts': (old) => put(old, 0, 0, text('agent', 2)),
      },
      person: { 'b.ts': (old) => put(old, 20, 20, text('person', 3)) },
    },
    {
      name: 'deletions',
      start: { 'a.ts': a(), 'lib/b.ts': a() },
      agent: { 'a.ts': (old) => put(old, 10, 22, ''), 'lib/b.ts': (old) => put(old, 3, 6, text('agent', 5)) },
    },
    { name: 'a new file', start: { 'a.ts': a() }, agent: { 'lib/new.ts': () => text('agent', 25) } },
    {
      name: 'an odd name and line ends',
      start: { [ODD]: text('start', 20, '\r\n'), 'last.ts': text('start', 12).trimEnd() },
      agent: {
        [ODD]: (old) => put(old, 8, 9, text('agent', 3, '\r\n')),
        'last.ts': (old) => `${old}\n${line('agent', '')}`,
      },
    },
    {
      name: 'a rename',
      start: { 'old/name.ts': a() },
      moves: [['old/name.ts', 'new/name.ts']],
      agent: { 'new/name.ts': (old) => put(put(old, 25, 28, ''), 12, 12, text('agent', 3)) },
    },
    {
      name: 'many ranges',
      start: Object.fromEntries(Array.from({ length: 6 }, (_, n) => [`src/f${n}.ts`, a()])),
      agent: Object.fromEntries(
        Array.from({ length: 6 }, (_, n) => [
          `src/f${n}.ts`,
          (old: string) => [30, 24, 18, 12, 6, 0].reduce((so, at) => put(so, at, at, line('agent')), old),
        ]),
      ),
    },
  ];
}

/** Makes the stories in a repository, one commit each; an agent's edits come through its hooks. */
export async function tellStories(repo: ScratchRepo): Promise<Story[]> {
  written = 0;
  repo.write(POLICY_FILE, POLICY);
  repo.git('add', '--all');
  repo.git('commit', '--quiet', '-m', 'policy');
  const hooks = await installAgent(repo);
  const stories: Story[] = [];
  for (const plan of plans()) {
    repo.git('rm', '--quiet', '-r', '--force', '--ignore-unmatch', '.');
    repo.write(POLICY_FILE, POLICY);
    for (const [name, content] of Object.entries(plan.start)) repo.write(name, content);
    repo.git('add', '--all');
    repo.git('commit', '--quiet', '--no-verify', '-m', `start of ${plan.name}`);
    const before = filesOf(repo);
    for (const [from, to] of plan.moves ?? []) {
      fs.mkdirSync(path.dirname(path.join(repo.dir, to)), { recursive: true });
      repo.git('mv', from, to);
    }
    const contentOf = (name: string): string => filesOf(repo).get(name) ?? '';
    for (const [name, edit] of Object.entries(plan.agent ?? {})) {
      await hooks.edit(name, Buffer.from(edit(contentOf(name)), 'latin1').toString());
    }
    for (const [name, edit] of Object.entries(plan.person ?? {})) repo.write(name, edit(contentOf(name)));
    repo.git('add', '--all');
    repo.git(
      'commit',
      '--quiet',
      '-m',
      `feat: ${plan.name}\n\nWhy it is so.\n\nRefs: PAY-1\nChange-Ref: CHG-1`,
    );
    const after = filesOf(repo);
    stories.push({
      name: plan.name,
      before,
      after,
      oldNames: new Map((plan.moves ?? []).map(([from, to]) => [to, from])),
      message: Buffer.from(repo.git('cat-file', 'commit', 'HEAD'))
        .toString('latin1')
        .replace(/^[^]*?\n\n/, ''),
      byAgent: new Map([...after].map(([name, content]) => [name, new Set(agentLines(content))])),
    });
  }
  return stories;
}

function agentLines(content: string): string[] {
  return content.split(/(?<=\n)/).filter((each) => each.startsWith('const agent_'));
}

function filesOf(repo: ScratchRepo): Files {
  const names = repo.git('ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0');
  return new Map(
    names
      .filter((name) => name !== '' && fs.existsSync(path.join(repo.dir, name)))
      .map((name) => [name, fs.readFileSync(path.join(repo.dir, name), 'latin1')]),
  );
}
