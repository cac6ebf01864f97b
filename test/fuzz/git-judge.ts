import { parseMarked, unmark, type ModelLine } from '../support/line-model';
import { blamed, numbersOf, verdictsOf, type ChangedFile, type Verdicts } from './git-commits';
import { asked, headOf, parentsOf, shown } from './git-committed';
import { isWeighty, keyOf } from './git-weight';
import { Diverged, World, Wrong } from './git-world';

/** Judges every commit that HEAD reaches and nobody has looked at. */
export function judgeNew(world: World, operation: string): void {
  const head = world.head();
  if (head === '') return;
  const waiting: [string, string][] = [[head, headOf(world.twin)]];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [oid, twin] = next;
    if (world.judged.has(oid)) continue;
    world.twinOf.set(oid, twin);
    const [parents, twinParents] = [parentsOf(world.real, oid), parentsOf(world.twin, twin)];
    if (parents.length !== twinParents.length) throw new Diverged(oid);
    world.judged.set(oid, judgeCommit(world, oid, twin, parents, operation));
    parents.forEach((parent, at) => waiting.push([parent, twinParents[at] ?? '']));
  }
}

/** Every line of HEAD by blame and the trailers of the commit that blame names. */
export function judgeHistory(world: World): void {
  for (const path of world.real.git('ls-tree', '-r', '--name-only', 'HEAD').split('\n').filter(Boolean)) {
    const lines = parseMarked(world.twin.git('show', `HEAD:${path}`)).lines;
    for (const { line, commit, original, from } of blamed(world.real, path)) {
      const own = lines[line - 1];
      if (!own || !isWeighty(own.text)) continue;
      world.tally.historyLines++;
      const verdict = world.judged.get(commit)?.get(`${from}:${original}`);
      if (world.ledger.writerOf(own.id) === 'person' && verdict !== undefined)
        throw new Wrong(`blame: a person's line ${path}:${line} is called ${verdict}: ${own.text}`);
    }
  }
}

function judgeCommit(
  world: World,
  oid: string,
  twin: string,
  parents: readonly string[],
  operation: string,
): ReadonlyMap<string, string> {
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
  return verdicts.added;
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
 * - those that somebody took to another file from beside one that a model wrote: which of the two stayed, only numbers tell;
 * - those within twelve lines of a line of the same signs that a model wrote or moved, or in a file from which somebody took
 *   such a line: whoever takes out the one and leaves or types the other has exchanged them;
 * - those of which the working tree's file has another that a model wrote: what is staged of the two, only numbers tell;
 * - those for which the diff has exchanged one that a model wrote for this commit: it says that one was there.
 */
function isExcused(world: World, lines: AddedLines, line: number): boolean {
  const own = lines.model[line - 1];
  if (!own || isWeighty(own.text)) return false;
  if (world.ledger.shifted.has(own.id) || world.ledger.exchangeable.has(own.id)) return true;
  if (world.ledger.takenOut.has(`${lines.file.path} ${keyOf(own.text)}`)) return true;
  const key = keyOf(own.text);
  const added = new Set(numbersOf(lines.file.added));
  const { ledger } = world;
  const standing = world.paths().includes(lines.file.path ?? '')
    ? world.file(lines.file.path ?? '').lines
    : [];
  if (standing.some(({ id, text }) => id !== own.id && keyOf(text) === key && ledger.mayBeAgents(id)))
    return true;
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

const PIECE = /^\s*(['"]?\w+['"]?,|[\w.= ]+\()$/;
