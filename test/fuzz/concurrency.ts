import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { installHooks } from '../../src/app/install';
import { followBuffer, type OpenBuffer } from '../../src/app/open-buffer';
import { openFile, recordFile, type OpenFile } from '../../src/app/open-file';
import { withRepository } from '../../src/app/opened';
import { record } from '../../src/app/record';
import type { LineOrigin } from '../../src/core/origin';
import { attributeNow } from '../../src/app/uncommitted';
import { Chance, randomWord } from '../support/line-model';
import { scratchRepo, type ScratchRepo } from '../support/scratch-repo';
import {
  fileText,
  lineText,
  replacementOf,
  sharedFile,
  take,
  type SharedFile,
  type SharedLine,
  type SharedStep,
  type Writer,
} from '../support/shared-file';
import {
  saysAfter,
  saysBefore,
  VOICES,
  type Spoken,
  type SpokenEdit,
  type Voice,
} from '../support/agent-voices';

/** Lines are counted once for each run; a line of an agent that is `unknown` is found by nobody. */
export interface ConcurrencyTally {
  runs: number;
  /** Lines all of whose words agents wrote. */
  aiLines: number;
  aiFound: number;
  /** Called mixed: a call's word was seen by somebody else before the call reported it. */
  aiMixed: number;
  /** Lines with words of an agent and of others. */
  mixedLines: number;
  mixedFound: number;
  /** Lines without a word of an agent. */
  otherLines: number;
  /** Of these, called mixed because an agent's word stood there once. */
  otherMixed: number;
  humanFound: number;
  /** Lines for which an agent was named. */
  named: number;
}

/** What a run does, one moment after the other; a call of an agent is three of them. */
type Moment =
  | { readonly kind: 'begin' | 'write' | 'end'; readonly call: number }
  | {
      readonly kind: 'save';
      readonly place: Place;
      readonly owner: 'person' | 'editor';
      readonly step: StepChooser;
    };

/** Which of the two working trees, both with a file of this name. */
type Place = 0 | 1;

/** A step is chosen when its moment comes: it depends on what stands there. */
type StepChooser = (file: SharedFile) => SharedStep;

/** A repository for many runs, each in a file of its own. */
interface World {
  readonly repo: ScratchRepo;
  /** Its working trees. */
  readonly trees: readonly [string, string];
  files: number;
  now: number;
}

const FILES = 40;

/** One file of one working tree and everybody who works on it. */
interface Run {
  readonly world: World;
  readonly folder: string;
  readonly path: string;
  readonly name: string;
  file: SharedFile;
  readonly start: SharedFile;
  readonly calls: Map<number, Call>;
  window: { buffer: OpenBuffer; file: OpenFile } | null;
  /** What happened, for a person to read. */
  readonly trace: string[];
  nextId: number;
}

interface Call {
  readonly voice: Voice;
  readonly spoken: SpokenEdit;
  readonly step: SharedStep;
  /** The text that the call began on, and the one that it was applied to. */
  readonly begunOn: string;
  found: string | null;
  left: string;
}

/** A session of an agent; two may be of one agent. */
interface Session {
  readonly voice: Voice;
  readonly session: string;
}

interface Plan {
  readonly moments: readonly Moment[];
  /** By call: whose it is, where, and what it does. */
  readonly calls: readonly (Session & {
    readonly place: Place;
    readonly step: StepChooser;
    readonly saysStale: boolean;
  })[];
}

// ---- playing

async function play(world: World, base: readonly (readonly string[])[], plan: Plan): Promise<Run[]> {
  const path = `f${world.files++}.js`;
  const trace: string[] = [];
  const runs = world.trees.map((folder) => runIn(world, folder, path, base, trace));
  for (const moment of plan.moments) {
    world.now += world.files % 2;
    const place = moment.kind === 'save' ? moment.place : (plan.calls[moment.call]?.place ?? 0);
    const run = runs[place];
    if (run) await playMoment(run, plan, moment);
  }
  return runs;
}

function runIn(
  world: World,
  folder: string,
  name: string,
  base: readonly (readonly string[])[],
  trace: string[],
): Run {
  const start = sharedFile(base);
  return {
    world,
    folder,
    path: name,
    name: path.join(folder, name),
    file: start,
    start,
    calls: new Map(),
    window: null,
    trace,
    nextId: base.length,
  };
}

async function playMoment(run: Run, plan: Plan, moment: Moment): Promise<void> {
  switch (moment.kind) {
    case 'begin':
      return await begin(run, plan, moment.call);
    case 'write':
      return write(run, moment.call);
    case 'end':
      return await end(run, plan, moment.call);
    case 'save':
      return await save(run, moment.owner, moment.step(run.file));
  }
}

async function begin(run: Run, plan: Plan, number: number): Promise<void> {
  const planned = plan.calls[number];
  const step = planned?.step(run.file);
  const edit = step && replacementOf(run.file, step);
  if (!planned || !step || !edit) return;
  const { voice, session } = planned;
  const spoken = { folder: run.folder, file: run.name, session, call: `${run.path}_${number}`, ...edit };
  const call: Call = { voice, spoken, step, begunOn: fileText(run.file), found: null, left: '' };
  run.calls.set(number, call);
  note(run, `${voice} ${session} begins ${number}: ${JSON.stringify(step)}`);
  await tell(run, voice, saysBefore(voice, spoken));
}

/** An agent's edit tool looks for the text it names; where that is gone, the call has failed and is heard of no more. */
function write(run: Run, number: number): void {
  const call = run.calls.get(number);
  const now = call && replacementOf(run.file, call.step);
  if (!call || now?.old !== call.spoken.old) {
    run.calls.delete(number);
    return;
  }
  call.found = fileText(run.file);
  note(run, `${call.voice} ${call.spoken.session} writes ${number}`);
  become(run, call.step, { owner: 'agent', agent: call.voice });
  call.left = fileText(run.file);
}

async function end(run: Run, plan: Plan, number: number): Promise<void> {
  const call = run.calls.get(number);
  if (!call || call.found === null) return;
  const { voice, spoken, begunOn, found, left } = call;
  note(run, `${voice} ${spoken.session} ends ${number}`);
  const isStale = voice === 'claude-code' && plan.calls[number]?.saysStale === true;
  await tell(run, voice, saysAfter(voice, spoken, { found: isStale ? begunOn : found, left }));
}

function note(run: Run, what: string): void {
  run.trace.push(`${path.basename(run.folder)}: ${what}`);
}

async function tell(run: Run, agent: Voice, { event, payload }: Spoken): Promise<void> {
  const text = JSON.stringify(payload);
  const { problems } = await record({ agent, event, payload: text, now: run.world.now });
  assert.deepEqual(problems, []);
}

async function save(run: Run, owner: 'person' | 'editor', step: SharedStep): Promise<void> {
  const before = fileText(run.file);
  const edit = replacementOf(run.file, step);
  if (edit === null) return;
  note(run, `${owner} saves: ${JSON.stringify(step)}`);
  if (owner === 'person') {
    become(run, step, { owner, agent: null });
    return;
  }
  const window = await windowOn(run, before);
  const origin = { class: 'human', via: null, agent: null, model: null, evidence: 'reported' } as const;
  const [offset, length, text] = smallest(before, edit);
  assert.ok(window.buffer.change([{ offset, length, text }], { kind: 'one', origin }));
  become(run, step, { owner, agent: null });
  assert.equal(window.buffer.text(), fileText(run.file));
  const saved = recordFile(window.file, {
    known: window.buffer.known(),
    writer: 'window',
    now: run.world.now,
  });
  assert.ok(saved);
  window.file = saved;
}

/** The window is open since its first save; what others have written meanwhile, it has read from the disk. */
async function windowOn(run: Run, text: string): Promise<{ buffer: OpenBuffer; file: OpenFile }> {
  const opened = await openFile(run.name, text);
  assert.equal(opened.kind, 'tracked');
  if (run.window === null) run.window = { buffer: followBuffer(opened.file), file: opened.file };
  else {
    if (run.window.buffer.text() !== text) run.window.buffer.observe(text);
    run.window.buffer.rebase(opened.file);
    run.window.file = opened.file;
  }
  return run.window;
}

/** A person types what is new, and not the line once more. */
function smallest(text: string, edit: { old: string; new: string }): [number, number, string] {
  let head = 0;
  while (head < edit.old.length && edit.old[head] === edit.new[head]) head++;
  let tail = 0;
  const most = Math.min(edit.old.length, edit.new.length) - head;
  while (tail < most && edit.old.at(-1 - tail) === edit.new.at(-1 - tail)) tail++;
  const offset = text.indexOf(edit.old) + head;
  return [offset, edit.old.length - head - tail, edit.new.slice(head, edit.new.length - tail)];
}

function become(run: Run, step: SharedStep, writer: Writer): void {
  const next = take(run.file, step, writer);
  assert.ok(next);
  run.file = next;
  fs.writeFileSync(run.name, fileText(next));
}

// ---- judging

/** What is wrong, one line each; everything else is counted. */
async function judge(run: Run, tally: ConcurrencyTally): Promise<string[]> {
  const oldLines = run.start.lines.map(lineText);
  const lines = run.file.lines.map(lineText);
  const isOld = new Set(oldLines);
  const isNew = new Set(lines);
  const one = (at: number): { start: number; count: number } => ({ start: at + 1, count: 1 });
  const target = {
    path: run.path,
    oldPath: run.path,
    lines,
    oldLines,
    added: lines.flatMap((line, at) => (isOld.has(line) ? [] : [one(at)])),
    deleted: oldLines.flatMap((line, at) => (isNew.has(line) ? [] : [one(at)])),
  };
  const { origins, deletedBy } = await withRepository({ cwd: run.folder, env: {} }, (opened) =>
    attributeNow(opened, target),
  );
  const wrong: string[] = [];
  for (const { start } of target.added) {
    const line = run.file.lines[start - 1];
    const origin = origins[start - 1];
    const found = origin?.class ?? 'unknown';
    const problem = line && (judgeLine(line, found, tally) ?? judgeAgent(line, origin, tally));
    if (line && problem) wrong.push(`${problem}: ${owners(line)}`);
  }
  for (const { start } of target.deleted) {
    const touched = run.start.lines[start - 1];
    const by = touched && run.file.touchedBy.get(touched.id);
    const found = deletedBy.get(start - 1)?.class;
    if (by && !by.has('agent') && (found === 'ai' || found === 'mixed'))
      wrong.push(`deleted by ${[...by].join(' and ')}, called ${found}: ${owners(touched)}`);
  }
  return wrong;
}

function owners({ words }: SharedLine): string {
  return words.map(({ text, owner, agent }) => `${text}/${agent ?? owner}`).join(' ');
}

/** Whoever is named has written there; where it is not known who of several, nobody is. */
function judgeAgent(
  { agents }: SharedLine,
  origin: LineOrigin | undefined,
  tally: ConcurrencyTally,
): string | null {
  if (origin?.class !== 'ai' && origin?.class !== 'mixed') return null;
  if (origin.agent === null || origin.agent === 'unidentified') return null;
  tally.named++;
  return agents.has(origin.agent) ? null : `${origin.agent} never wrote there`;
}

function judgeLine({ words, agents }: SharedLine, found: string, tally: ConcurrencyTally): string | null {
  const ai = words.filter(({ owner }) => owner === 'agent').length;
  if (ai === 0) {
    tally.otherLines++;
    if (found === 'human') tally.humanFound++;
    const isTyped = words.some(({ owner }) => owner === 'editor');
    if (found === 'human' && !isTyped) return 'nobody typed it, called human';
    // Of a line of both it is not known which words were whose: it stays one of both.
    if (found === 'mixed' && agents.size > 0) tally.otherMixed++;
    else if (found === 'ai' || found === 'mixed') return `no agent wrote it, called ${found}`;
    return null;
  }
  if (ai === words.length) {
    tally.aiLines++;
    if (found === 'ai') tally.aiFound++;
    if (found === 'mixed') tally.aiMixed++;
    return found === 'human' ? `agents wrote it all, called ${found}` : null;
  }
  tally.mixedLines++;
  if (found === 'mixed') tally.mixedFound++;
  return found === 'human' || found === 'ai' ? `of an agent and others, called ${found}` : null;
}

// ---- programs

const KINDS = ['insert', 'word', 'append', 'rewrite', 'delete'] as const;
type Kind = (typeof KINDS)[number];
const ON_A_LINE = ['word', 'append'] as const satisfies readonly Kind[];

/** A step of a kind at a line that is there when its moment comes. */
function chooser(chance: Chance, kind: Kind, at: number, newId: () => number): StepChooser {
  const words = Array.from({ length: 12 }, () => randomWord(chance));
  const count = 1 + chance.number(3);
  const seed = chance.number(1000);
  return ({ lines }) => {
    const line = lines[at % Math.max(1, lines.length)] ?? { id: -1, words: [] };
    const [first = ''] = words;
    switch (kind) {
      case 'insert': {
        const added = Array.from({ length: count }, (_, i) => ({
          id: newId(),
          words: words.slice(3 * i, 3 * i + 3),
        }));
        return { kind, line: line.id, added };
      }
      case 'word':
        return { kind, line: line.id, place: seed % Math.max(1, line.words.length), word: first };
      case 'append':
        return { kind, line: line.id, word: first };
      case 'rewrite':
        return { kind, line: line.id, words: words.slice(0, 3) };
      case 'delete':
        return lines.length > 2 ? { kind, line: line.id } : { kind: 'append', line: line.id, word: first };
    }
  };
}

function baseLines(chance: Chance, count: number): string[][] {
  return Array.from({ length: count }, () => Array.from({ length: 3 }, () => randomWord(chance)));
}

/**
 * Two calls and a save, in every order that keeps begin, write, end of a call in turn: 140 plans of one story. They are of
 * one session, of two of one agent or of two agents; all on one line or nearby, or one in a working tree of its own.
 */
function smallPlans(chance: Chance, counter: { id: number }): Plan[] {
  const isOneLine = chance.percent(30);
  const near = (): number => (isOneLine ? 1 : chance.number(3));
  const kind = (): Kind => chance.pick(isOneLine ? ON_A_LINE : KINDS) ?? 'word';
  const newId = (): number => counter.id++;
  const sessions = twoSessions(chance);
  const apart = chance.percent(20);
  const calls = sessions.map((session, i) => ({
    ...session,
    place: placeOf(apart && i === 1),
    step: chooser(chance, kind(), near(), newId),
    saysStale: chance.percent(20),
  }));
  const owner = chance.percent(50) ? 'person' : 'editor';
  const place = placeOf(apart && chance.percent(50));
  const step = chooser(chance, kind(), near(), newId);
  const threads: Moment[][] = [
    ...[0, 1].map((call) => (['begin', 'write', 'end'] as const).map((moment) => ({ kind: moment, call }))),
    [{ kind: 'save', place, owner, step }],
  ];
  return interleavings(threads).map((moments) => ({ moments, calls }));
}

function placeOf(isApart: boolean): Place {
  return isApart ? 1 : 0;
}

function twoSessions(chance: Chance): readonly [Session, Session] {
  const voice = (): Voice => chance.pick(VOICES) ?? 'claude-code';
  const one = { voice: voice(), session: 'one' };
  const how = chance.number(3);
  if (how === 0) return [one, one];
  return [one, { voice: how === 1 ? one.voice : voice(), session: 'two' }];
}

function interleavings(threads: readonly (readonly Moment[])[]): Moment[][] {
  if (threads.every((thread) => thread.length === 0)) return [[]];
  return threads.flatMap((thread, at) => {
    const [next, ...rest] = thread;
    if (next === undefined) return [];
    return interleavings(threads.map((other, i) => (i === at ? rest : other))).map((tail) => [next, ...tail]);
  });
}

/**
 * Three sessions, of one agent or of several, with two calls in flight at once, a person at the disk and one in an editor;
 * sometimes one of the sessions in a working tree of its own.
 */
function largePlan(chance: Chance, counter: { id: number }): Plan {
  const newId = (): number => counter.id++;
  const step = (): StepChooser => chooser(chance, chance.pick(KINDS) ?? 'word', chance.number(12), newId);
  const sessions = ['one', 'two', 'three'].map((session) => ({
    session,
    voice: chance.pick(VOICES) ?? 'claude-code',
  }));
  const apart = chance.percent(25);
  const calls: Plan['calls'][number][] = [];
  const threads: Moment[][] = [];
  for (let i = 0; i < 4; i++) {
    const thread: Moment[] = [];
    for (let n = 1 + chance.number(3); n > 0; n--) {
      const [session] = sessions.slice(i % 3);
      if (!session) continue;
      const place = placeOf(apart && i % 3 === 2);
      calls.push({ ...session, place, step: step(), saysStale: chance.percent(15) });
      const call = calls.length - 1;
      thread.push({ kind: 'begin', call }, { kind: 'write', call }, { kind: 'end', call });
    }
    threads.push(thread);
  }
  for (const owner of ['person', 'editor'] as const)
    threads.push(
      Array.from({ length: chance.number(4) }, () => {
        const place = placeOf(apart && chance.percent(30));
        return { kind: 'save', place, owner, step: step() };
      }),
    );
  const moments: Moment[] = [];
  for (let left = threads.filter((each) => each.length > 0); left.length > 0;) {
    const next = chance.pick(left)?.shift();
    if (next) moments.push(next);
    left = threads.filter((each) => each.length > 0);
  }
  return { moments, calls };
}

export interface ConcurrencyOptions {
  readonly seed: number;
  /** Stories of two calls and a save, each in all its 140 orders. */
  readonly stories: number;
  /** Long ones, each in one random order. */
  readonly sequences: number;
  /** Collects what is wrong instead of throwing at the first. */
  readonly keepGoing?: (failure: string) => void;
  readonly onProgress?: (tally: ConcurrencyTally) => void;
}

/** Throws with the seed, the number of the program and what happened at the first line that is wrong. */
export async function fuzzConcurrency(options: ConcurrencyOptions): Promise<ConcurrencyTally> {
  const tally: ConcurrencyTally = {
    runs: 0,
    aiLines: 0,
    aiFound: 0,
    aiMixed: 0,
    mixedLines: 0,
    mixedFound: 0,
    otherLines: 0,
    otherMixed: 0,
    humanFound: 0,
    named: 0,
  };
  for (let i = 0; i < options.stories; i++) {
    const chance = new Chance(options.seed + i);
    const base = baseLines(chance, 4);
    await playAll(
      options,
      `--seed ${options.seed + i} --stories 1`,
      base,
      smallPlans(chance, { id: 1000 }),
      tally,
    );
  }
  for (let i = 0; i < options.sequences; i += FILES) {
    const chance = new Chance(options.seed + i);
    const base = baseLines(chance, 12);
    const counter = { id: 1000 };
    const count = Math.min(FILES, options.sequences - i);
    const plans = Array.from({ length: count }, () => largePlan(chance, counter));
    await playAll(options, `--seed ${options.seed + i} --sequences ${FILES}`, base, plans, tally);
  }
  return tally;
}

async function playAll(
  { keepGoing, onProgress }: ConcurrencyOptions,
  called: string,
  base: readonly (readonly string[])[],
  plans: readonly Plan[],
  tally: ConcurrencyTally,
): Promise<void> {
  for (let from = 0; from < plans.length; from += FILES) {
    const world = await openWorld(base);
    try {
      for (const [at, plan] of plans.slice(from, from + FILES).entries()) {
        const runs = await play(world, base, plan);
        tally.runs++;
        const wrong: string[] = [];
        // Where nobody has been there is nothing to say.
        for (const run of runs.filter(({ file, start }) => file !== start))
          wrong.push(...(await judge(run, tally)));
        if (wrong.length === 0) continue;
        const trace = runs[0]?.trace ?? [];
        const failure = [`${called}, plan ${from + at}`, ...wrong, ...trace].join('\n  ');
        if (!keepGoing) assert.fail(failure);
        keepGoing(failure);
      }
    } finally {
      world.repo.dispose();
    }
    onProgress?.(tally);
  }
}

async function openWorld(base: readonly (readonly string[])[]): Promise<World> {
  const repo = scratchRepo();
  for (let i = 0; i < FILES; i++) repo.write(`f${i}.js`, fileText(sharedFile(base)));
  repo.git('add', '.');
  repo.git('commit', '--quiet', '-m', 'start');
  const own = path.join(repo.root, 'own');
  repo.git('worktree', 'add', '--quiet', own);
  const report = await installHooks({
    repositoryDir: repo.dir,
    hookProgram: path.resolve('dist/hook.js'),
    nodePath: process.execPath,
  });
  assert.equal(report.kind, 'installed');
  return { repo, trees: [repo.dir, own], files: 0, now: Date.now() };
}
