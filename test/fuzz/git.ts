import { createHash } from 'node:crypto';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { installHooks } from '../../src/app/install';
import { record } from '../../src/app/record';
import {
  BOILERPLATE,
  Chance,
  FORMATS,
  Ledger,
  marked,
  modelHunks,
  parseMarked,
  plain,
  randomLines,
  unmark,
  withAnotherWord,
  type ModelFile,
  type ModelLine,
} from '../support/line-model';
import { scratchRepo, type Finished, type ScratchRepo } from '../support/scratch-repo';

export interface GitFuzzOptions {
  readonly seed: number;
  readonly sequences: number;
  /** Default: the built one. */
  readonly hookProgram?: string;
  readonly onProgress?: (tally: GitFuzzTally) => void;
  /** Collects what is wrong instead of throwing at the first. */
  readonly keepGoing?: (failure: string) => void;
}

/** Lines are counted once for each commit that adds them. Boilerplate and blank lines are not in `ai` to `human`. */
export interface GitFuzzTally {
  sequences: number;
  /** Of these, ended early: git did something else with the lines than with the same lines and their numbers. */
  diverged: number;
  operations: number;
  commits: number;
  aiLines: number;
  aiFound: number;
  /** Nobody knows them. */
  aiUnknown: number;
  /** A model's line called mixed. */
  aiMixed: number;
  mixedLines: number;
  mixedFound: number;
  /** Lines of both called a model's. */
  mixedAi: number;
  humanLines: number;
  aiBoilerplate: number;
  aiBoilerplateFound: number;
  humanBoilerplate: number;
  /** A person's boilerplate called a model's, as the laws excuse it. */
  excused: number;
  aiDeleted: number;
  aiDeletedFound: number;
  /** Lines that an agent deleted once and a person last. */
  doubtfulDeletions: number;
  /** Ranges that do not verify in the commit that lists them. */
  stale: number;
  historyLines: number;
  /** Where AI lines got lost: the operation that made the commit. */
  lostBy: Record<string, number>;
  wrong: number;
}

function emptyTally(): GitFuzzTally {
  return {
    sequences: 0,
    diverged: 0,
    operations: 0,
    commits: 0,
    aiLines: 0,
    aiFound: 0,
    aiUnknown: 0,
    aiMixed: 0,
    mixedLines: 0,
    mixedFound: 0,
    mixedAi: 0,
    humanLines: 0,
    aiBoilerplate: 0,
    aiBoilerplateFound: 0,
    humanBoilerplate: 0,
    excused: 0,
    aiDeleted: 0,
    aiDeletedFound: 0,
    doubtfulDeletions: 0,
    stale: 0,
    historyLines: 0,
    lostBy: {},
    wrong: 0,
  };
}

/**
 * Random work of a person, two agents and git on real repositories with the real hooks, held against an account of
 * every line's writer that shares nothing with the code: the same operations are done in a twin repository without
 * hooks in which each line carries its number. Where the twin's texts, numbers taken off, are not the repository's,
 * the sequence ends (`diverged`).
 *
 * Wrong are: a person's line, or a line of both, called a model's; a person's called mixed; a model's called human;
 * a deleted line called an agent's that no agent ever deleted. Boilerplate (no weight) is judged as leniently as the
 * laws are: see `isExcused`. Throws at the first wrong one with the shortest program found that shows it.
 */
export async function fuzzGit(options: GitFuzzOptions): Promise<GitFuzzTally> {
  const tally = emptyTally();
  for (let number = 0; number < options.sequences; number++) {
    const seed = options.seed + number;
    const operations = randomProgram(seed);
    const before = structuredClone(tally);
    const outcome = await runSequence(seed, operations, tally, options);
    tally.sequences++;
    if (outcome.wrong !== null) {
      Object.assign(tally, before, { sequences: tally.sequences, wrong: before.wrong + 1 });
      const failure = await explained(seed, operations, options);
      if (!options.keepGoing) throw new Error(failure);
      options.keepGoing(failure);
    }
    options.onProgress?.(tally);
  }
  return tally;
}

/** Does one sequence again: `SEED NAME/NUMBER NAME/NUMBER …` as a failure prints it. Returns what is wrong, or null. */
export async function replayGit(
  program: string,
  options: Pick<GitFuzzOptions, 'hookProgram'> = {},
): Promise<{ wrong: string | null; trace: readonly string[] }> {
  const [seed = '0', ...words] = program.trim().split(/\s+/);
  const operations = words.map((word): Operation => {
    const [name = '', number = '0'] = word.split('/');
    return { name, seed: Number(number) };
  });
  return await runSequence(Number(seed), operations, emptyTally(), options);
}

/** One operation: what, and the seed of the numbers by which it chooses. */
interface Operation {
  readonly name: string;
  readonly seed: number;
}

const LONGEST = 22;

function randomProgram(seed: number): Operation[] {
  const chance = new Chance(seed);
  const names = Object.entries(SHARES).flatMap(([name, share]) => Array.from({ length: share }, () => name));
  return Array.from({ length: 8 + chance.number(LONGEST - 8) }, () => ({
    name: chance.pick(names) ?? 'commit',
    seed: chance.number(1_000_000),
  }));
}

async function explained(
  seed: number,
  operations: readonly Operation[],
  options: GitFuzzOptions,
): Promise<string> {
  const shortest = await shrunk(seed, operations, options);
  const { wrong, trace } = await runSequence(seed, shortest, emptyTally(), options);
  const program = [seed, ...shortest.map(({ name, seed: own }) => `${name}/${own}`)].join(' ');
  return [`# wrong: ${wrong}`, `# again: ${program}`, ...trace].join('\n');
}

/** Leaves out one operation after the other as long as something stays wrong. */
async function shrunk(
  seed: number,
  operations: readonly Operation[],
  options: GitFuzzOptions,
): Promise<readonly Operation[]> {
  let shortest = operations;
  for (let again = true; again;) {
    again = false;
    for (let at = shortest.length - 1; at >= 0; at--) {
      const candidate = shortest.filter((_, index) => index !== at);
      const { wrong } = await runSequence(seed, candidate, emptyTally(), options);
      if (wrong === null) continue;
      shortest = candidate;
      again = true;
    }
  }
  return shortest;
}

class Wrong extends Error {}
class Diverged extends Error {}

interface Outcome {
  readonly wrong: string | null;
  readonly trace: readonly string[];
}

async function runSequence(
  seed: number,
  operations: readonly Operation[],
  tally: GitFuzzTally,
  options: Pick<GitFuzzOptions, 'hookProgram'>,
): Promise<Outcome> {
  const world = await World.open(seed, tally, options.hookProgram ?? resolve('dist/hook.js'));
  try {
    for (const { name, seed: own } of operations) {
      tally.operations++;
      world.trace.push(`# ${name}`);
      await OPERATIONS[name]?.(world, new Chance(own * 7919 + seed));
      world.compareFiles();
      world.judgeNew(name);
    }
    world.trace.push('# the rest');
    commitAll(world);
    world.judgeNew('commit-all');
    world.judgeHistory();
    return { wrong: null, trace: world.trace };
  } catch (error) {
    if (error instanceof Wrong) return { wrong: error.message, trace: world.trace };
    if (!(error instanceof Diverged)) throw error;
    tally.diverged++;
    return { wrong: null, trace: world.trace };
  } finally {
    world.close();
  }
}

/** The repository that is judged, and its twin. */
class World {
  readonly ledger = new Ledger();
  readonly trace: string[] = [];
  readonly twinOf = new Map<string, string>();
  private readonly judged = new Map<string, Judgement>();
  private clock = Date.now();
  private calls = 0;
  private texts = 0;

  private constructor(
    readonly real: ScratchRepo,
    readonly twin: ScratchRepo,
    readonly tally: GitFuzzTally,
  ) {}

  static async open(seed: number, tally: GitFuzzTally, hookProgram: string): Promise<World> {
    const config = {
      'hunkmark.detail': 'full',
      'core.autocrlf': 'false',
      'merge.conflictStyle': 'merge',
      'maintenance.auto': 'false',
    };
    const world = new World(scratchRepo({ config }), scratchRepo({ config }), tally);
    const report = await installHooks({
      repositoryDir: world.real.dir,
      hookProgram,
      nodePath: process.execPath,
    });
    if (report.kind !== 'installed') throw new Error('the hooks were not installed');
    const chance = new Chance(seed);
    for (const path of ['src/one.ts', 'src/two.ts']) {
      const lines = randomLines(chance, 14).map((text) => world.ledger.line(text, 'person'));
      world.write(path, { lines, eol: chance.percent(20) ? '\r\n' : '\n', open: chance.percent(15) });
    }
    commitAll(world);
    world.judgeNew('first');
    return world;
  }

  close(): void {
    this.real.dispose();
    this.twin.dispose();
  }

  paths(): string[] {
    const folder = join(this.twin.dir, 'src');
    return existsSync(folder)
      ? readdirSync(folder)
          .toSorted()
          .map((name) => `src/${name}`)
      : [];
  }

  freshPath(): string {
    return `src/file${++this.texts}.ts`;
  }

  file(path: string): ModelFile {
    return existsSync(join(this.twin.dir, path))
      ? parseMarked(this.twin.read(path))
      : { lines: [], eol: '\n', open: false };
  }

  /** Writes the file in both, or takes it away; the trace gets it as a shell would write it. */
  write(path: string, file: ModelFile | null): void {
    if (file === null) {
      for (const repo of [this.real, this.twin]) rmSync(join(repo.dir, path), { force: true });
      this.trace.push(`rm ${path}`);
      return;
    }
    this.twin.write(path, marked(file));
    this.real.write(path, plain(file));
    this.trace.push(hereDocument(path, file, this.ledger));
  }

  /** Does something to a file and notes which of its lines are gone, and by whom. */
  deleting(path: string, by: 'agent' | 'person', act: () => void): void {
    const before = this.file(path).lines;
    if (by === 'person') this.noteTakenOut(path, act);
    else act();
    const left = this.file(path).lines.map(({ id }) => id);
    for (const { id, text } of before) {
      const at = left.indexOf(id);
      if (at >= 0) {
        left.splice(at, 1);
        continue;
      }
      this.ledger.deleted([id], by);
      if (by === 'agent') this.ledger.takenOutByAgents.add(`${path} ${keyOf(text)}`);
    }
  }

  /** Does something of a person's to a file and notes which of a model's lines without weight it has no more. */
  noteTakenOut(path: string, act: () => void): void {
    const before = this.file(path).lines;
    act();
    const left = new Set(this.file(path).lines.map(({ id }) => id));
    for (const { id, text } of before)
      if (!left.has(id) && !isWeighty(text) && this.ledger.mayBeAgents(id))
        this.ledger.takenOut.add(`${path} ${keyOf(text)}`);
  }

  /** Git in both; `words` may differ, where they name commits. Says whether it worked in both alike. */
  git(
    words: (repo: 'real' | 'twin') => readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): boolean {
    const inReal = this.real.gitTry(...words('real'), { env });
    const inTwin = this.twin.gitTry(...words('twin'), { env });
    this.trace.push(`git ${words('real').map(quoted).join(' ')}${inReal.status === 0 ? '' : ' # fails'}`);
    if ((inReal.status === 0) !== (inTwin.status === 0)) {
      this.trace.push('# not so in the twin');
      throw new Diverged(complaint(inReal) + complaint(inTwin));
    }
    return inReal.status === 0;
  }

  isDirty(): boolean {
    return this.real.git('status', '--porcelain').trim() !== '';
  }

  head(): string {
    return headOf(this.real);
  }

  /** The commit's name in a repository. */
  name(oid: string, repo: 'real' | 'twin'): string {
    return repo === 'real' ? oid : (this.twinOf.get(oid) ?? oid);
  }

  async record(event: 'PreToolUse' | 'PostToolUse', payload: object): Promise<void> {
    this.clock += 1000;
    const { problems } = await record({
      agent: 'claude-code',
      event,
      payload: JSON.stringify({ ...payload, hook_event_name: event }),
      now: this.clock,
    });
    if (problems.length > 0) throw new Error(problems.join('\n'));
  }

  callId(): string {
    return `toolu_${++this.calls}`;
  }

  compareFiles(): void {
    for (const path of this.paths())
      if (unmark(this.twin.read(path)) !== this.real.read(path)) throw new Diverged(path);
  }

  /** Judges every commit that HEAD reaches and nobody has looked at. */
  judgeNew(operation: string): void {
    const head = this.head();
    if (head === '') return;
    const waiting: [string, string][] = [[head, headOf(this.twin)]];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const [oid, twin] = next;
      if (this.judged.has(oid)) continue;
      this.twinOf.set(oid, twin);
      const [parents, twinParents] = [parentsOf(this.real, oid), parentsOf(this.twin, twin)];
      if (parents.length !== twinParents.length) throw new Diverged(oid);
      this.judged.set(oid, judgeCommit(this, oid, twin, parents, operation));
      parents.forEach((parent, at) => waiting.push([parent, twinParents[at] ?? '']));
    }
  }

  /** Every line of HEAD by blame and the trailers of the commit that blame names. */
  judgeHistory(): void {
    for (const path of this.real.git('ls-tree', '-r', '--name-only', 'HEAD').split('\n').filter(Boolean)) {
      const lines = parseMarked(this.twin.git('show', `HEAD:${path}`)).lines;
      for (const { line, commit, original, from } of blamed(this.real, path)) {
        const own = lines[line - 1];
        if (!own || !isWeighty(own.text)) continue;
        this.tally.historyLines++;
        const verdict = this.judged.get(commit)?.classes.get(`${from}:${original}`);
        if (this.ledger.writerOf(own.id) === 'person' && verdict !== undefined)
          throw new Wrong(`blame: a person's line ${path}:${line} is called ${verdict}: ${own.text}`);
      }
    }
  }
}

function hereDocument(path: string, file: ModelFile, ledger: Ledger): string {
  const lines = file.lines.map(({ text, id }) => {
    const writer = ledger.writerOf(id);
    return `${text.padEnd(70)} ⟵ ${writer} ${id}`;
  });
  const kind = `${file.eol === '\n' ? '' : ' CRLF'}${file.open ? ' no line end' : ''}`;
  return [`cat >${path} <<'EOF' #${kind}`, ...lines, 'EOF'].join('\n');
}

function quoted(word: string): string {
  return /^[\w./:=@^~+-]+$/.test(word) ? word : `'${word}'`;
}

function complaint({ status, stdout, stderr }: Finished): string {
  return `${status}: ${stdout}${stderr}\n`;
}

/** The commit that HEAD names, or ''. Read as files, for it is asked after every operation. */
function headOf(repo: ScratchRepo): string {
  const [, ref] = /^ref: (.+)$/m.exec(repo.read('.git/HEAD')) ?? [];
  if (ref === undefined) return repo.read('.git/HEAD').trim();
  if (existsSync(join(repo.dir, '.git', ref))) return repo.read(`.git/${ref}`).trim();
  return repo.gitTry('rev-parse', '-q', '--verify', 'HEAD').stdout.trim();
}

function parentsOf(repo: ScratchRepo, oid: string): string[] {
  return asked(repo, 'rev-list', '--parents', '-n', '1', oid).stdout.trim().split(' ').slice(1);
}

/** What git once said of committed things, which it will say again. */
const answers = new WeakMap<ScratchRepo, Map<string, Finished>>();

/** Asks git about things named by a commit's id, once. */
function asked(repo: ScratchRepo, ...words: string[]): Finished {
  const known = answers.get(repo) ?? new Map<string, Finished>();
  answers.set(repo, known);
  const question = words.join('\n');
  const answer = known.get(question) ?? repo.gitTry(...words);
  known.set(question, answer);
  return answer;
}

/** A file of a commit. Throws where there is none. */
function shown(repo: ScratchRepo, oid: string, path: string): string {
  const { status, stdout, stderr } = asked(repo, 'show', `${oid}:${path}`);
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

// ---- judging

interface Judgement {
  /** `PATH:LINE` → class, for lines covered by a range that verifies. */
  readonly classes: ReadonlyMap<string, string>;
}

interface Span {
  readonly start: number;
  readonly count: number;
}

export interface ChangedFile {
  oldPath: string | null;
  path: string | null;
  readonly added: Span[];
  readonly deleted: Span[];
}

interface Range {
  readonly path: string;
  readonly side: string;
  readonly start: number;
  readonly count: number;
  readonly digest: string;
  readonly kind: string;
}

function judgeCommit(
  world: World,
  oid: string,
  twin: string,
  parents: readonly string[],
  operation: string,
): Judgement {
  world.tally.commits++;
  const verdicts = verdictsOf(world.real, oid);
  if (verdicts.stale) world.tally.stale++;
  const twinParent = parentsOf(world.twin, twin)[0] ?? '';
  const modelOf = (path: string, real: string, inTwin: string): readonly ModelLine[] => {
    const marks = asked(world.twin, 'show', `${inTwin}:${path}`);
    if (marks.status !== 0 || unmark(marks.stdout) !== shown(world.real, real, path))
      throw new Diverged(`${oid}:${path}`);
    return parseMarked(marks.stdout).lines;
  };
  const olds = verdicts.files.map(({ oldPath }) =>
    oldPath === null ? [] : modelOf(oldPath, parents[0] ?? '', twinParent),
  );
  const known = new Set(olds.flat().map(({ id }) => id));
  verdicts.files.forEach((file, at) => {
    if (file.path !== null && file.added.length > 0)
      judgeAdded(world, { file, model: modelOf(file.path, oid, twin), verdicts, known, operation, oid });
    if (parents.length === 1) judgeDeleted(world, { file, model: olds[at] ?? [], verdicts, oid });
  });
  return { classes: verdicts.added };
}

/** What the trailers of a commit say, by `PATH:LINE`: the class of added lines, and which deleted ones are an agent's. */
export interface Verdicts {
  readonly files: readonly ChangedFile[];
  readonly added: ReadonlyMap<string, string>;
  readonly deleted: ReadonlySet<string>;
  /** Whether a line that no range covers is a person's, rather than unknown. */
  readonly complete: boolean;
  /** A range of the trailer block does not verify. */
  readonly stale: boolean;
}

/** Reads a commit's message and holds its ranges against what the commit changes; lines are 1-based. */
export function verdictsOf(repo: ScratchRepo, oid: string): Verdicts {
  const parents = parentsOf(repo, oid);
  const message = repo.git('log', '-1', '--format=%B', oid);
  const { ranges, complete } = readMessage(message);
  const files = changesOf(repo, oid, parents);
  const added = new Map<string, string>();
  const deleted = new Set<string>();
  const resolved = new Set<Range>();
  for (const file of files) {
    const sides = [
      { side: '+', path: file.path, spans: file.added, tree: oid },
      { side: '-', path: file.oldPath, spans: file.deleted, tree: parents[0] ?? '' },
    ];
    for (const { side, path, spans, tree } of sides) {
      if (path === null || spans.length === 0) continue;
      const lines = linesOf(shown(repo, tree, path));
      for (const range of ranges) {
        if (range.path !== path || range.side !== side) continue;
        const at = placeOf(range, spans, lines);
        if (at === null) continue;
        resolved.add(range);
        for (let line = at; line < at + range.count; line++) {
          if (side === '+') added.set(`${path}:${line}`, range.kind);
          else deleted.add(`${path}:${line}`);
        }
      }
    }
  }
  const left = ranges.filter((range) => !resolved.has(range));
  const stale = left.some(({ fromBlock }) => fromBlock);
  return { files, added, deleted, complete: complete && left.length === 0, stale };
}

interface AddedLines {
  readonly file: ChangedFile;
  readonly model: readonly ModelLine[];
  readonly verdicts: Verdicts;
  /** Numbers of the lines that the parent has in the files that the commit changes. */
  readonly known: ReadonlySet<number>;
  readonly operation: string;
  readonly oid: string;
}

function judgeAdded(world: World, lines: AddedLines): void {
  const { tally, ledger } = world;
  const { file, model, verdicts } = lines;
  for (const line of numbersOf(file.added)) {
    const own = model[line - 1];
    if (!own || own.text.trim() === '') continue;
    const writer = ledger.writerOf(own.id);
    const verdict = verdicts.added.get(`${file.path}:${line}`) ?? (verdicts.complete ? 'human' : 'unknown');
    const where = `${verdict}: ${writer}'s line ${file.path}:${line} of ${lines.oid.slice(0, 10)} (${lines.operation}): ${own.text}`;
    const weighty = isWeighty(own.text);
    if (writer === 'person') {
      if (weighty) tally.humanLines++;
      else tally.humanBoilerplate++;
      if (verdict !== 'ai' && verdict !== 'mixed') continue;
      if (!isExcused(world, lines, line)) throw new Wrong(where);
      tally.excused++;
      continue;
    }
    if (verdict === 'human') throw new Wrong(where);
    if (!weighty) {
      if (writer === 'agent') tally.aiBoilerplate++;
      if (writer === 'agent' && verdict !== 'unknown') tally.aiBoilerplateFound++;
      continue;
    }
    // A formatter has broken the line: which of its words are whose, only the pieces' words could tell.
    if (writer === 'both' && PIECE.test(own.text)) continue;
    if (writer === 'both') {
      tally.mixedLines++;
      if (verdict === 'mixed') tally.mixedFound++;
      if (verdict === 'ai') tally.mixedAi++;
      if (verdict === 'ai') throw new Wrong(where);
      continue;
    }
    tally.aiLines++;
    if (verdict === 'ai') tally.aiFound++;
    if (verdict === 'mixed') tally.aiMixed++;
    if (verdict !== 'unknown') continue;
    tally.aiUnknown++;
    const key = lines.known.has(own.id) ? `${lines.operation} (old)` : lines.operation;
    tally.lostBy[key] = (tally.lostBy[key] ?? 0) + 1;
  }
}

/**
 * Where a person's line may be called a model's, because nothing but its number tells it from a model's. Only lines
 * without weight (brackets, `return null;`), and of them only
 * - those that an agent's step has moved: from the texts alone it may as well have typed them anew (M2 wants weight);
 * - those within twelve lines of a line of the same signs that a model wrote or moved, or in a file from which a person took
 *   such a line: whoever takes out the one and leaves or types the other has exchanged them;
 * - those for which the diff has exchanged one that a model wrote for this commit: it says that one was there.
 */
function isExcused(world: World, lines: AddedLines, line: number): boolean {
  const own = lines.model[line - 1];
  if (!own || isWeighty(own.text)) return false;
  if (world.ledger.shifted.has(own.id)) return true;
  if (world.ledger.takenOut.has(`${lines.file.path} ${keyOf(own.text)}`)) return true;
  const key = keyOf(own.text);
  const added = new Set(numbersOf(lines.file.added));
  const { ledger } = world;
  return lines.model.some((other, at) => {
    if (other.id === own.id || keyOf(other.text) !== key) return false;
    if (!ledger.mayBeAgents(other.id)) return false;
    const isExchanged = !lines.known.has(other.id) && !added.has(at + 1);
    return isExchanged || Math.abs(at + 1 - line) <= 12;
  });
}

function judgeDeleted(
  world: World,
  lines: {
    readonly file: ChangedFile;
    readonly model: readonly ModelLine[];
    readonly verdicts: Verdicts;
    readonly oid: string;
  },
): void {
  const { tally, ledger } = world;
  for (const line of numbersOf(lines.file.deleted)) {
    const own = lines.model[line - 1];
    if (!own || own.text.trim() === '') continue;
    const deleter = ledger.deleterOf(own.id);
    const isClaimed = lines.verdicts.deleted.has(`${lines.file.oldPath}:${line}`);
    if (deleter?.last === 'agent' && isWeighty(own.text)) {
      tally.aiDeleted++;
      if (isClaimed) tally.aiDeletedFound++;
    }
    if (!isClaimed || deleter?.last === 'agent') continue;
    if (deleter?.everAgent) tally.doubtfulDeletions++;
    else if (isWeighty(own.text) || !isDeletionExcused(world, lines, line))
      throw new Wrong(
        `an agent is said to have deleted ${lines.file.oldPath}:${line} in ${lines.oid.slice(0, 10)}: ${own.text}`,
      );
    else tally.excused++;
  }
}

/**
 * Where a person's deletion of a line without weight may be called an agent's: one moved it, or took out a line of the same
 * signs nearby, or one that a person had put into this file in its place since.
 */
function isDeletionExcused(
  world: World,
  { file, model }: { readonly file: ChangedFile; readonly model: readonly ModelLine[] },
  line: number,
): boolean {
  const own = model[line - 1];
  if (!own) return false;
  const { shifted, takenOutByAgents } = world.ledger;
  const wasTakenOut = [file.path, file.oldPath].some((path) =>
    takenOutByAgents.has(`${path} ${keyOf(own.text)}`),
  );
  return shifted.has(own.id) || wasTakenOut || slidesToAgent(world, model, line);
}

/** An equal line nearby was deleted or moved by an agent: the diff may have cut one line further up or down. */
function slidesToAgent(world: World, model: readonly ModelLine[], line: number): boolean {
  const own = model[line - 1];
  return model
    .slice(Math.max(0, line - 13), line + 12)
    .some(
      (other) =>
        keyOf(other.text) === keyOf(own?.text ?? '') &&
        (world.ledger.shifted.has(other.id) || world.ledger.deleterOf(other.id)?.last === 'agent'),
    );
}

function keyOf(text: string): string {
  return text.replace(/\s+/g, '');
}

const PIECE = /^\s*(['"]?\w+['"]?,|[\w.= ]+\()$/;

const WEIGHTLESS = new Set([...BOILERPLATE, ')', '};', 'function', ');'].map(keyOf));

/** Words of its own; the generators write no line of little weight but these. */
function isWeighty(text: string): boolean {
  const key = keyOf(text);
  return key !== '' && !WEIGHTLESS.has(key) && !WEIGHTLESS.has(`${key};`) && /[a-z]{5}/.test(key);
}

function numbersOf(spans: readonly Span[]): number[] {
  return spans.flatMap(({ start, count }) => Array.from({ length: count }, (_, at) => start + at));
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Where a range stands: at its place, or at the only other one, by the digest of its lines. */
function placeOf(range: Range, spans: readonly Span[], lines: readonly string[]): number | null {
  const inside = new Set(numbersOf(spans));
  const fits = (start: number): boolean => {
    for (let line = start; line < start + range.count; line++) if (!inside.has(line)) return false;
    const text = lines.slice(start - 1, start - 1 + range.count).join('');
    return createHash('sha256').update(text).digest('hex').slice(0, 8) === range.digest;
  };
  if (fits(range.start)) return range.start;
  const places = [...inside].filter(fits);
  return places.length === 1 ? (places[0] ?? null) : null;
}

/** The `AI-Hunk` lines of a message, wherever they stand, and whether the rest can be called human. */
function readMessage(message: string): { ranges: (Range & { fromBlock: boolean })[]; complete: boolean } {
  const lines: string[] = [];
  for (const line of message.split('\n')) {
    const last = lines.at(-1);
    if (last !== undefined && /^\s+[+-]\d+,/.test(line)) lines[lines.length - 1] = `${last} ${line.trim()}`;
    else lines.push(line);
  }
  const ranges = lines.flatMap((line) => {
    const [key, path = '', ...words] = line.trim().split(' ');
    if (key !== 'AI-Hunk:') return [];
    const places = words.filter((word) => /^[+-]\d+,\d+:[0-9a-f]{8}$/.test(word));
    const kind = words[places.length] ?? '';
    return places.map((place) => {
      const [, side = '', start = '', count = '', digest = ''] = /^([+-])(\d+),(\d+):(.*)$/.exec(place) ?? [];
      return {
        path,
        side,
        start: Number(start),
        count: Number(count),
        digest,
        kind,
        fromBlock: !line.startsWith(' '),
      };
    });
  });
  const provenance = lines.findLast((line) => line.startsWith('AI-Provenance: v1 ')) ?? '';
  const number = (name: string): number =>
    Number(new RegExp(`\\b${name}=(\\d+)`).exec(provenance)?.[1] ?? -1);
  const complete = number('unknown') === 0 && number('hunks') === number('listed') && ranges.length > 0;
  return { ranges, complete };
}

const PINNED = [
  '-r', '-p', '-U0', '--diff-algorithm=histogram', '--indent-heuristic', '-M50%', '-l1000', '--no-ext-diff',
  '--no-textconv', '--ignore-submodules=none', '--text', '--no-color',
]; // prettier-ignore

function changesOf(repo: ScratchRepo, oid: string, parents: readonly string[]): ChangedFile[] {
  const [first, ...others] = parents;
  const files = diffOf(repo, oid, first ?? null);
  if (others.length === 0) return files;
  const other = others.map((parent) => diffOf(repo, oid, parent));
  return files.map((file) => {
    const added = numbersOf(file.added).filter((line) =>
      other.every((diff) => {
        const there = diff.find(({ path }) => path === file.path);
        return there !== undefined && numbersOf(there.added).includes(line);
      }),
    );
    return { ...file, added: added.map((start) => ({ start, count: 1 })), deleted: [] };
  });
}

function diffOf(repo: ScratchRepo, oid: string, parent: string | null): ChangedFile[] {
  const trees = parent === null ? ['--root', '--no-commit-id', oid] : [parent, oid];
  const files: ChangedFile[] = [];
  for (const line of repo.git('diff-tree', ...PINNED, ...trees).split('\n')) {
    const file = files.at(-1);
    if (line.startsWith('diff --git ')) {
      const [, a = '', b = ''] = /^diff --git a\/(\S+) b\/(\S+)$/.exec(line) ?? [];
      files.push({ oldPath: a, path: b, added: [], deleted: [] });
    } else if (file && line.startsWith('new file mode')) file.oldPath = null;
    else if (file && line.startsWith('deleted file mode')) file.path = null;
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (!file || !hunk) continue;
    const [deleted, added] = [Number(hunk[2] ?? 1), Number(hunk[4] ?? 1)];
    if (deleted > 0) file.deleted.push({ start: Number(hunk[1]), count: deleted });
    if (added > 0) file.added.push({ start: Number(hunk[3]), count: added });
  }
  return files;
}

export function blamed(
  repo: ScratchRepo,
  path: string,
): { line: number; commit: string; original: number; from: string }[] {
  const lines: { line: number; commit: string; original: number; from: string }[] = [];
  const names = new Map<string, string>();
  for (const text of repo.git('blame', '--porcelain', 'HEAD', '--', path).split('\n')) {
    const header = /^([0-9a-f]{40}) (\d+) (\d+)/.exec(text);
    if (header)
      lines.push({ commit: header[1] ?? '', original: Number(header[2]), line: Number(header[3]), from: '' });
    else if (text.startsWith('filename ')) names.set(lines.at(-1)?.commit ?? '', text.slice(9));
  }
  return lines.map((line) => ({ ...line, from: names.get(line.commit) ?? '' }));
}

// ---- what a person and an agent do to a file

type Edit = (
  lines: readonly ModelLine[],
  world: World,
  chance: Chance,
  by: 'agent' | 'person',
) => ModelLine[];

const EDITS: Readonly<Record<string, Edit>> = {
  insert: (lines, world, chance, by) => {
    const at = chance.number(lines.length + 1);
    const fresh = randomLines(chance, 6).map((text) => world.ledger.line(text, by));
    return [...lines.slice(0, at), ...fresh, ...lines.slice(at)];
  },
  delete: (lines, _world, chance) => {
    const at = chance.number(lines.length);
    const count = 1 + chance.number(4);
    return [...lines.slice(0, at), ...lines.slice(at + count)];
  },
  replace: (lines, world, chance, by) => {
    const at = chance.number(lines.length);
    const count = 1 + chance.number(3);
    const fresh = randomLines(chance, 4).map((text) => world.ledger.line(text, by));
    return [...lines.slice(0, at), ...fresh, ...lines.slice(at + count)];
  },
  change: (lines, world, chance, by) => {
    const at = chance.number(lines.length);
    return lines.map((line, index) => {
      if (index < at || index > at + 1) return line;
      const text = withAnotherWord(line.text, chance);
      if (text === null) return line;
      const writer = world.ledger.writerOf(line.id);
      return world.ledger.line(text, writer === by ? by : 'both');
    });
  },
  move: (lines, world, chance, by) => {
    const at = chance.number(lines.length);
    const block = lines.slice(at, at + 2 + chance.number(4));
    const rest = [...lines.slice(0, at), ...lines.slice(at + block.length)];
    const to = chance.number(rest.length + 1);
    const region = lines.slice(Math.min(at, to), Math.max(at, to) + block.length);
    if (by === 'agent') for (const { id, text } of region) if (!isWeighty(text)) world.ledger.shifted.add(id);
    return [...rest.slice(0, to), ...block, ...rest.slice(to)];
  },
};
const EDIT_NAMES = ['insert', 'insert', 'insert', 'delete', 'replace', 'change', 'change', 'move'];

function randomEdit(
  world: World,
  chance: Chance,
  file: ModelFile,
  by: 'agent' | 'person',
  names: readonly string[] = EDIT_NAMES,
): ModelFile {
  const name = file.lines.length === 0 ? 'insert' : (chance.pick(names) ?? 'insert');
  world.trace.push(`# ${by}: ${name}`);
  const lines = EDITS[name]?.(file.lines, world, chance, by) ?? [];
  return { ...file, lines: lines.length === 0 ? file.lines : lines };
}

function personEdits(world: World, chance: Chance, path: string): void {
  const edited = randomEdit(world, chance, world.file(path), 'person');
  world.deleting(path, 'person', () => world.write(path, edited));
}

interface Call {
  readonly payload: object;
  /** Does the agent's edit; returns the response it reports. */
  run(): object;
}

/** One call of the agent's tool: told before, done, told after; somebody else may come in between. */
function agentCall(world: World, chance: Chance, path: string, edit: (file: ModelFile) => ModelFile): Call {
  const file = join(world.real.dir, path);
  const isNew = !existsSync(file);
  const now = world.file(path);
  const after = edit(now);
  const whole = isNew || chance.percent(25);
  const [from, to] = [asAgentsSee(now), asAgentsSee(after)];
  const part = whole ? null : replacement(from, to);
  const session = `s-${chance.number(2)}`;
  const common = {
    session_id: session,
    transcript_path: `/nowhere/${session}.jsonl`,
    cwd: world.real.dir,
    tool_use_id: world.callId(),
  };
  const payload =
    part === null
      ? { ...common, tool_name: 'Write', tool_input: { file_path: file, content: to } }
      : {
          ...common,
          tool_name: 'Edit',
          tool_input: { file_path: file, old_string: part.old, new_string: part.new, replace_all: false },
        };
  const run = (): object => {
    world.deleting(path, 'agent', () => world.write(path, after));
    const shared = { filePath: file, structuredPatch: patchOf(from, to), userModified: false };
    const response =
      part === null
        ? { ...shared, type: isNew ? 'create' : 'update', content: to, originalFile: isNew ? null : from }
        : { ...shared, oldString: part.old, newString: part.new, originalFile: from, replaceAll: false };
    return { ...payload, tool_response: response };
  };
  return { payload, run };
}

/** Claude Code gives texts with LF. */
function asAgentsSee(file: ModelFile): string {
  return plain({ ...file, eol: '\n' });
}

/** A part that stands once in the text, and what stands there after; null where there is none. */
function replacement(from: string, to: string): { old: string; new: string } | null {
  const [a, b] = [linesOf(from), linesOf(to)];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  for (; ; [head, tail] = [Math.max(0, head - 1), Math.max(0, tail - 1)]) {
    const old = a.slice(head, a.length - tail).join('');
    if (old !== '' && from.split(old).length === 2)
      return { old, new: b.slice(head, b.length - tail).join('') };
    if (head === 0 && tail === 0) return null;
  }
}

function patchOf(from: string, to: string): object[] {
  const [a, b] = [linesOf(from), linesOf(to)];
  if (from === to || a.length === 0) return [];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const sign = (mark: string, lines: readonly string[]): string[] =>
    lines.flatMap((line) =>
      line.endsWith('\n') ? [mark + line.slice(0, -1)] : [mark + line, '\\ No newline at end of file'],
    );
  const start = Math.max(0, head - 3);
  const end = Math.max(0, tail - 3);
  return [
    {
      oldStart: start + 1,
      oldLines: a.length - end - start,
      newStart: start + 1,
      newLines: b.length - end - start,
      lines: [
        ...sign(' ', a.slice(start, head)),
        ...sign('-', a.slice(head, a.length - tail)),
        ...sign('+', b.slice(head, b.length - tail)),
        ...sign(' ', a.slice(a.length - tail, a.length - end)),
      ],
    },
  ];
}

/** Either an edit of a file that is there, or a new one. */
function agentTarget(world: World, chance: Chance): string {
  const path = chance.percent(12) ? world.freshPath() : chance.pick(world.paths());
  return path ?? world.freshPath();
}

function agentEdit(world: World, chance: Chance, path: string): Call {
  return agentCall(world, chance, path, (file) => {
    let edited = randomEdit(world, chance, file, 'agent');
    // A line of which less than half is left after one step counts as new (W3), so none is changed twice.
    if (chance.percent(30)) edited = randomEdit(world, chance, edited, 'agent', ['insert', 'delete', 'move']);
    return edited;
  });
}

async function callBegins(world: World, call: Call): Promise<void> {
  world.trace.push(`record claude-code PreToolUse # ${toolOf(call)}`);
  await world.record('PreToolUse', call.payload);
}

async function callEnds(world: World, response: object): Promise<void> {
  world.trace.push('record claude-code PostToolUse');
  await world.record('PostToolUse', response);
}

function toolOf(call: Call): string {
  return JSON.stringify((call.payload as { tool_name: string }).tool_name);
}

// ---- the operations

type Act = (world: World, chance: Chance) => Promise<void> | void;

/** How often each operation comes, by its share of all. */
const SHARES: Readonly<Record<string, number>> = {
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

const OPERATIONS: Readonly<Record<string, Act>> = {
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
  'commit-all': (world) => commitAll(world),
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
    if (chance.percent(50) && world.isDirty()) commitAll(world);
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
    if (world.isDirty()) commitAll(world);
    const how = chance.percent(20) ? ['-n'] : chance.percent(20) ? ['-x'] : [];
    sequenced(world, chance, 'cherry-pick', (repo) => [...how, world.name(commit, repo)]);
    if (how.includes('-n')) world.git(() => ['commit', '-qm', 'picked without a commit']);
  },
  revert: (world, chance) => {
    const commit = chance.pick(commitsOf(world, 'HEAD', 4));
    if (commit === undefined || parentsOf(world.real, commit).length !== 1) return;
    if (world.isDirty()) commitAll(world);
    sequenced(world, chance, 'revert', (repo) => ['--no-edit', world.name(commit, repo)]);
  },
  rebase: (world, chance) => {
    if (world.isDirty()) commitAll(world);
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
    if (world.isDirty()) commitAll(world);
    sequenced(world, chance, 'rebase', () => ['-q', other]);
  },
  merge: (world, chance) => {
    const other = chance.pick(otherBranches(world));
    if (other === undefined) return;
    if (world.isDirty()) commitAll(world);
    const words = ['-q', '--no-edit', ...(chance.percent(40) ? ['--no-ff'] : []), other];
    sequenced(world, chance, 'merge', () => words);
  },
  'merge-squash': (world, chance) => {
    const other = chance.pick(otherBranches(world));
    if (other === undefined) return;
    if (world.isDirty()) commitAll(world);
    const words = ['merge', '-q', '--squash', other];
    if (!world.git(() => words)) {
      world.git(() => ['reset', '-q', '--hard']);
      return;
    }
    const how = chance.percent(50) ? ['--no-edit'] : ['-m', 'squashed'];
    world.git(() => ['commit', '-q', ...how]);
  },
};

function commitAll(world: World): void {
  world.git(() => ['add', '-A']);
  world.git(() => ['commit', '-qm', 'commit all']);
}

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
