import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { installHooks } from '../../src/app/install';
import { record } from '../../src/app/record';
import {
  Chance,
  Ledger,
  marked,
  parseMarked,
  plain,
  randomLines,
  unmark,
  type ModelFile,
  type ModelLine,
} from '../support/line-model';
import { scratchRepo, type Finished, type ScratchRepo } from '../support/scratch-repo';
import { headOf } from './git-committed';
import type { GitFuzzTally } from './git-tally';
import { isWeighty, keyOf } from './git-weight';

/** What the product said is not so. */
export class Wrong extends Error {}
/** Git did something else with the lines than with the same lines and their numbers. */
export class Diverged extends Error {}

/** The repository that is judged, and its twin. */
export class World {
  readonly ledger = new Ledger();
  readonly trace: string[] = [];
  readonly twinOf = new Map<string, string>();
  /** Of each commit that was judged the class of its lines, by `PATH:LINE`, that a range covers which verifies. */
  readonly judged = new Map<string, ReadonlyMap<string, string>>();
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
    world.commitAll();
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
      const key = `${path} ${keyOf(text)}`;
      if (at >= 0) {
        left.splice(at, 1);
        if (by === 'agent' && this.ledger.shifted.has(id)) this.ledger.takenOutByAgents.add(key);
        continue;
      }
      this.ledger.deleted([id], by);
      if (by === 'person') continue;
      this.ledger.takenOutByAgents.add(key);
      if (!isWeighty(text) && this.ledger.mayBeAgents(id)) this.ledger.takenOut.add(key);
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

  /** `block` leaves a file of which `rest` stays. */
  noteExchangeable(block: readonly ModelLine[], rest: readonly ModelLine[]): void {
    const left = new Set(rest.flatMap(({ id, text }) => (this.ledger.mayBeAgents(id) ? [keyOf(text)] : [])));
    for (const { id, text } of block)
      if (!isWeighty(text) && left.has(keyOf(text))) this.ledger.exchangeable.add(id);
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

  commitAll(): void {
    this.git(() => ['add', '-A']);
    this.git(() => ['commit', '-qm', 'commit all']);
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
}

export function hereDocument(path: string, file: ModelFile, ledger: Ledger): string {
  const lines = file.lines.map(({ text, id }) => {
    const writer = ledger.writerOf(id);
    return `${text.padEnd(70)} ⟵ ${writer} ${id}`;
  });
  const kind = `${file.eol === '\n' ? '' : ' CRLF'}${file.open ? ' no line end' : ''}`;
  return [`cat >${path} <<'EOF' #${kind}`, ...lines, 'EOF'].join('\n');
}

export function quoted(word: string): string {
  return /^[\w./:=@^~+-]+$/.test(word) ? word : `'${word}'`;
}

function complaint({ status, stdout, stderr }: Finished): string {
  return `${status}: ${stdout}${stderr}\n`;
}
