import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  Chance,
  FORMATS,
  marked,
  modelHunks,
  parseMarked,
  plain,
  randomLines,
  unmark,
  type ModelFile,
  type ModelLine,
} from '../support/line-model';
import type { ScratchRepo } from '../support/scratch-repo';
import { parentsOf } from './git-committed';
import { agentEdit, agentTarget, callBegins, callEnds, personEdits, randomEdit } from './git-work';
import { hereDocument, quoted, World } from './git-world';

type Act = (world: World, chance: Chance) => Promise<void> | void;

/** How often each operation comes, by its share of all. */
export const SHARES: Readonly<Record<string, number>> = {
  'agent-edit': 22,
  'agent-person-before': 3,
  'agent-person-after': 3,
  'agent-twice': 3,
  'agent-fails': 1,
  'person-edit': 14,
  'person-moves-across': 3,
  'person-creates': 2,
  'person-renames': 3,
  'person-deletes-file': 1,
  format: 6,
  commit: 9,
  'commit-all': 6,
  'stage-part': 6,
  'commit-path': 3,
  amend: 4,
  'amend-message': 2,
  branch: 3,
  checkout: 5,
  'stash-pop': 3,
  'stash-elsewhere': 1,
  'reset-soft': 3,
  'cherry-pick': 3,
  revert: 3,
  rebase: 4,
  'rebase-onto': 2,
  merge: 3,
  'merge-squash': 2,
};

export const OPERATIONS: Readonly<Record<string, Act>> = {
  'agent-edit': async (world, chance) => {
    const call = agentEdit(world, chance, agentTarget(world, chance));
    await callBegins(world, call);
    await callEnds(world, call.run());
  },
  'agent-person-before': async (world, chance) => {
    const path = agentTarget(world, chance);
    const planned = agentEdit(world, new Chance(chance.number(1e6)), path);
    await callBegins(world, planned);
    if (existsSync(join(world.real.dir, path))) personEdits(world, chance, path);
    // What the agent does in the end is an edit of the text that it finds.
    const call = agentEdit(world, chance, path);
    await callEnds(world, {
      ...call.run(),
      tool_use_id: (planned.payload as { tool_use_id: string }).tool_use_id,
    });
  },
  'agent-person-after': async (world, chance) => {
    const path = agentTarget(world, chance);
    const call = agentEdit(world, chance, path);
    await callBegins(world, call);
    const response = call.run();
    personEdits(world, chance, path);
    await callEnds(world, response);
  },
  'agent-twice': async (world, chance) => {
    const path = agentTarget(world, chance);
    const first = agentEdit(world, chance, path);
    await callBegins(world, first);
    const one = first.run();
    const second = agentEdit(world, chance, path);
    await callBegins(world, second);
    const two = second.run();
    for (const response of chance.percent(50) ? [one, two] : [two, one]) await callEnds(world, response);
  },
  'agent-fails': async (world, chance) => {
    await callBegins(world, agentEdit(world, chance, agentTarget(world, chance)));
  },
  'person-edit': (world, chance) => {
    const path = chance.pick(world.paths());
    if (path !== undefined) personEdits(world, chance, path);
  },
  'person-moves-across': (world, chance) => {
    const [from, to] = [chance.pick(world.paths()), chance.pick(world.paths())];
    if (from === undefined || to === undefined || from === to) return;
    const [source, target] = [world.file(from), world.file(to)];
    const at = chance.number(source.lines.length);
    const block = source.lines.slice(at, at + 2 + chance.number(5));
    const rest = [...source.lines.slice(0, at), ...source.lines.slice(at + block.length)];
    if (rest.length === 0) return;
    const place = chance.number(target.lines.length + 1);
    const lines = [...target.lines.slice(0, place), ...block, ...target.lines.slice(place)];
    world.noteExchangeable(block, rest);
    world.noteTakenOut(from, () => world.write(from, { ...source, lines: rest }));
    world.write(to, { ...target, lines });
  },
  'person-creates': (world, chance) => {
    const lines = randomLines(chance, 8).map((text) => world.ledger.line(text, 'person'));
    world.write(world.freshPath(), { lines, eol: '\n', open: chance.percent(15) });
  },
  'person-renames': (world, chance) => {
    const path = chance.pick(world.paths());
    if (path === undefined) return;
    const [file, to] = [world.file(path), world.freshPath()];
    world.write(path, null);
    world.ledger.renamed(path, to);
    world.write(to, chance.percent(50) ? randomEdit(world, chance, file, 'person') : file);
    if (chance.percent(50)) world.git(() => ['add', '-A']);
  },
  'person-deletes-file': (world, chance) => {
    const path = chance.pick(world.paths());
    if (path === undefined || world.paths().length < 2) return;
    world.deleting(path, 'person', () => world.write(path, null));
  },
  format: (world, chance) => {
    const path = chance.pick(world.paths());
    if (path === undefined) return;
    const file = world.file(path);
    const name = chance.pick(Object.keys(FORMATS)) ?? 'indent';
    world.trace.push(`# formatter: ${name}`);
    const at = chance.percent(40) ? 0 : chance.number(file.lines.length);
    const end = at === 0 ? file.lines.length : at + 1 + chance.number(8);
    const formatted = FORMATS[name]?.(file.lines.slice(at, end), world.ledger) ?? [];
    world.write(path, {
      ...file,
      lines: [...file.lines.slice(0, at), ...formatted, ...file.lines.slice(end)],
    });
  },
  commit: (world) => {
    world.git(() => ['commit', '-qm', 'commit what is staged']);
  },
  'commit-all': (world) => world.commitAll(),
  'stage-part': (world, chance) => {
    for (const path of changedPaths(world)) if (chance.percent(70)) stagePart(world, chance, path);
    if (chance.percent(60)) world.git(() => ['commit', '-qm', 'a part']);
  },
  'commit-path': (world, chance) => {
    const path = chance.pick(changedPaths(world));
    if (path === undefined) return;
    world.git(() => ['add', '-A', '-N', '--', path]);
    world.git(() => ['commit', '-qm', 'one path', '--', path]);
  },
  amend: (world, chance) => {
    if (world.head() === '') return;
    if (chance.percent(60)) world.git(() => ['add', '-A']);
    world.git(() => ['commit', '-q', '--amend', '--no-edit']);
  },
  'amend-message': (world, chance) => {
    if (chance.percent(60)) world.git(() => ['add', '-A']);
    world.git(() => ['commit', '-q', '--amend', '-m', 'another message']);
  },
  branch: (world, chance) => {
    const words = [
      'checkout',
      '-q',
      '-b',
      `b${chance.number(1e6)}`,
      ...(chance.percent(30) ? ['HEAD~1'] : []),
    ];
    world.git(() => words);
  },
  checkout: (world, chance) => {
    const branch = chance.pick(otherBranches(world));
    if (branch === undefined) return;
    if (chance.percent(50) && world.isDirty()) world.commitAll();
    world.git(() => ['checkout', '-q', branch]);
  },
  'stash-pop': (world) => {
    if (!world.isDirty()) return;
    if (world.git(() => ['stash', '-q', '-u'])) popped(world);
  },
  'stash-elsewhere': (world, chance) => {
    const branch = chance.pick(otherBranches(world));
    if (branch === undefined || !world.isDirty()) return;
    if (!world.git(() => ['stash', '-q', '-u'])) return;
    world.git(() => ['checkout', '-q', branch]);
    popped(world);
  },
  'reset-soft': (world, chance) => {
    const depth = 1 + chance.number(3);
    const target = ancestorAt(world, depth);
    if (target === null) return;
    world.git((repo) => ['reset', '-q', '--soft', world.name(target, repo)]);
    if (chance.percent(70)) world.git(() => ['commit', '-qm', 'after a soft reset']);
  },
  'cherry-pick': (world, chance) => {
    const other = chance.pick(otherBranches(world));
    const commit = other === undefined ? undefined : chance.pick(commitsOf(world, other, 3));
    if (commit === undefined) return;
    if (world.isDirty()) world.commitAll();
    const how = chance.percent(20) ? ['-n'] : chance.percent(20) ? ['-x'] : [];
    sequenced(world, chance, 'cherry-pick', (repo) => [...how, world.name(commit, repo)]);
    if (how.includes('-n')) world.git(() => ['commit', '-qm', 'picked without a commit']);
  },
  revert: (world, chance) => {
    const commit = chance.pick(commitsOf(world, 'HEAD', 4));
    if (commit === undefined || parentsOf(world.real, commit).length !== 1) return;
    if (world.isDirty()) world.commitAll();
    sequenced(world, chance, 'revert', (repo) => ['--no-edit', world.name(commit, repo)]);
  },
  rebase: (world, chance) => {
    if (world.isDirty()) world.commitAll();
    const base = ancestorAt(world, 2 + chance.number(3));
    if (base === null) return;
    const commits = world.real
      .git('rev-list', '--reverse', '--no-merges', `${base}..HEAD`)
      .split('\n')
      .filter(Boolean);
    const plan = commits.map((oid, at) => ({ oid, how: howToRebase(chance, at) }));
    if (chance.percent(30) && plan.length > 1) {
      const at = chance.number(plan.length - 1);
      const [one, two] = [plan[at], plan[at + 1]];
      if (one && two) [plan[at], plan[at + 1]] = [{ oid: two.oid, how: at === 0 ? 'pick' : two.how }, one];
    }
    world.trace.push(`# todo: ${plan.map(({ oid, how }) => `${how} ${oid.slice(0, 8)}`).join(', ')}`);
    const todo = (repo: 'real' | 'twin'): string =>
      plan.map(({ oid, how }) => `${how} ${world.name(oid, repo)}\n`).join('');
    for (const repo of ['real', 'twin'] as const) writeFileSync(join(world[repo].root, 'todo'), todo(repo));
    sequenced(
      world,
      chance,
      'rebase',
      (repo) => ['-q', '-i', world.name(base, repo)],
      (repo) => ({
        GIT_SEQUENCE_EDITOR: `cp '${join(world[repo].root, 'todo')}'`,
      }),
    );
  },
  'rebase-onto': (world, chance) => {
    const other = chance.pick(otherBranches(world));
    if (other === undefined) return;
    if (world.isDirty()) world.commitAll();
    sequenced(world, chance, 'rebase', () => ['-q', other]);
  },
  merge: (world, chance) => {
    const other = chance.pick(otherBranches(world));
    if (other === undefined) return;
    if (world.isDirty()) world.commitAll();
    const words = ['-q', '--no-edit', ...(chance.percent(40) ? ['--no-ff'] : []), other];
    sequenced(world, chance, 'merge', () => words);
  },
  'merge-squash': (world, chance) => {
    const other = chance.pick(otherBranches(world));
    if (other === undefined) return;
    if (world.isDirty()) world.commitAll();
    const words = ['merge', '-q', '--squash', other];
    if (!world.git(() => words)) {
      world.git(() => ['reset', '-q', '--hard']);
      return;
    }
    const how = chance.percent(50) ? ['--no-edit'] : ['-m', 'squashed'];
    world.git(() => ['commit', '-q', ...how]);
  },
};

function popped(world: World): void {
  if (world.git(() => ['stash', 'pop', '-q'])) return;
  world.git(() => ['reset', '-q', '--hard']);
  world.git(() => ['clean', '-qfd']);
  world.git(() => ['stash', 'drop', '-q']);
}

function howToRebase(chance: Chance, at: number): string {
  const share = chance.number(100);
  if (at > 0 && share < 20) return 'squash';
  if (at > 0 && share < 35) return 'fixup';
  return share < 60 ? 'reword' : 'pick';
}

/** A command that may stop at a conflict: half of them are resolved by keeping both sides, the others called off. */
function sequenced(
  world: World,
  chance: Chance,
  command: string,
  words: (repo: 'real' | 'twin') => readonly string[],
  env: (repo: 'real' | 'twin') => Readonly<Record<string, string>> = () => ({}),
): void {
  const start = { real: world.head(), twin: world.twin.git('rev-parse', 'HEAD').trim() };
  const results = (['real', 'twin'] as const).map((repo) =>
    world[repo].gitTry(command, ...words(repo), { env: env(repo) }),
  );
  const [real, twin] = results;
  world.trace.push(
    `git ${command} ${words('real').map(quoted).join(' ')}${real?.status === 0 ? '' : ' # stops'}`,
  );
  if (real?.status === 0 && twin?.status === 0) return;
  for (let stop = 0; stop < 4 && chance.percent(60); stop++) {
    const outcome = resolvedBoth(world, command);
    if (outcome === 'done') return;
    if (outcome === 'stuck') break;
  }
  for (const repo of ['real', 'twin'] as const) {
    world[repo].gitTry(command, '--abort');
    world[repo].git('reset', '-q', '--hard', start[repo]);
    world[repo].git('clean', '-qfd');
  }
  world.trace.push(`git ${command} --abort`);
}

/** Takes the conflict markers out of all files, if both repositories stopped at the same, and goes on. */
function resolvedBoth(world: World, command: string): 'done' | 'again' | 'stuck' {
  const conflicts = (repo: ScratchRepo): string => repo.git('diff', '--name-only', '--diff-filter=U');
  const states = (repo: ScratchRepo): string => repo.git('status', '--porcelain');
  if (conflicts(world.real) === '' || states(world.real) !== states(world.twin)) return 'stuck';
  if (/^(DU|UD|AA|DD|AU|UA)/m.test(states(world.real))) return 'stuck';
  const withoutMarkers = (text: string): string => text.replace(/^(<{7}|={7}|>{7})[^\n]*\n/gm, '');
  for (const path of conflicts(world.real).split('\n').filter(Boolean)) {
    const [real, twin] = [withoutMarkers(world.real.read(path)), withoutMarkers(world.twin.read(path))];
    if (unmark(twin) !== real || (twin.match(/\n/g)?.length ?? 0) !== (real.match(/\n/g)?.length ?? 0))
      return 'stuck';
    if (/[^\n]§\d+[^\r\n]/.test(twin)) return 'stuck';
    world.real.write(path, real);
    world.twin.write(path, twin);
    world.trace.push(`# the conflict in ${path} is resolved with both sides`);
  }
  world.git(() => ['add', '-A']);
  const go = command === 'merge' ? ['commit', '-q', '--no-edit'] : [command, '--continue'];
  const [real, twin] = [world.real.gitTry(...go), world.twin.gitTry(...go)];
  world.trace.push(`git ${go.join(' ')}${real.status === 0 ? '' : ' # stops'}`);
  if (real.status === 0 && twin.status === 0) return 'done';
  return real.status !== 0 && twin.status !== 0 ? 'again' : 'stuck';
}

function otherBranches(world: World): string[] {
  const own = world.real.gitTry('symbolic-ref', '-q', '--short', 'HEAD').stdout.trim();
  return world.real
    .git('for-each-ref', '--format=%(refname:short)', 'refs/heads')
    .split('\n')
    .filter((name) => name !== '' && name !== own);
}

function commitsOf(world: World, branch: string, most: number): string[] {
  return world.real
    .git('rev-list', '--no-merges', `--max-count=${most}`, branch)
    .split('\n')
    .filter((oid) => oid !== '' && world.twinOf.has(oid));
}

function ancestorAt(world: World, depth: number): string | null {
  const found = world.real.gitTry('rev-parse', '-q', '--verify', `HEAD~${depth}`);
  return found.status === 0 ? found.stdout.trim() : null;
}

function changedPaths(world: World): string[] {
  return world.real
    .git('status', '--porcelain', '-uall')
    .split('\n')
    .flatMap((line) => {
      const path = /(\S+)$/.exec(line)?.[1];
      return path === undefined || line === '' ? [] : [path];
    })
    .toSorted();
}

/** Stages some hunks of a file, some whole and some in part, as `git add -p` does. */
function stagePart(world: World, chance: Chance, path: string): void {
  const staged = world.twin.gitTry('show', `:${path}`);
  if (staged.status !== 0 || !existsSync(join(world.twin.dir, path))) {
    world.git(() => ['add', '-A', '--', path]);
    return;
  }
  const [old, now] = [parseMarked(staged.stdout), world.file(path)];
  const lines: ModelLine[] = [];
  let at = 0;
  for (const hunk of modelHunks(old.lines, now.lines)) {
    lines.push(...old.lines.slice(at, hunk.oldStart));
    const [gone, come] = [
      old.lines.slice(hunk.oldStart, hunk.oldEnd),
      now.lines.slice(hunk.newStart, hunk.newEnd),
    ];
    const how = chance.number(10);
    if (how < 5) lines.push(...come);
    else if (how < 8) lines.push(...gone);
    else lines.push(...gone.filter(() => chance.percent(50)), ...come.filter(() => chance.percent(50)));
    at = hunk.oldEnd;
  }
  lines.push(...old.lines.slice(at));
  const file: ModelFile = { ...now, lines };
  const mode = world.real.git('ls-files', '-s', '--', path).slice(0, 6);
  for (const repo of ['real', 'twin'] as const) {
    const text = repo === 'real' ? plain(file) : marked(file);
    const oid = world[repo].git('hash-object', '-w', '--stdin', { stdin: text }).trim();
    world[repo].git('update-index', '--cacheinfo', `${mode},${oid},${path}`);
  }
  world.trace.push(
    `${hereDocument('/tmp/part', file, world.ledger)}\ngit update-index --cacheinfo ${mode},$(git hash-object -w /tmp/part),${path}`,
  );
}
