import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { LineClass, Via } from '../core/origin';
import type { LineSpan } from '../core/range';
import { isInstalled, replaceFile, stateFiles } from '../git/state-files';

/** Lines (1-based) of a committed file with one origin, from one commit. `verdict` is null where no range covers them. */
export interface OriginRun extends LineSpan {
  readonly commit: string;
  readonly class: LineClass;
  readonly via: Via | null;
  readonly agent: string | null;
  readonly model: string | null;
  readonly verdict: 'exact' | 'moved' | null;
}

/** Where the history of committed files is kept, once it was read. */
export interface BlameStore {
  load(key: string): readonly OriginRun[] | null;
  save(key: string, runs: readonly OriginRun[]): void;
}

/** A commit never changes; what is here of its history may: a shallow clone can be deepened. */
export function blameKey(commonDir: string, commit: string, file: string): string {
  const ends = ['shallow', path.join('info', 'grafts')].map((name) => bytesOf(path.join(commonDir, name)));
  const hash = createHash('sha256').update(`${SHAPE}\0${commonDir}\0${commit}\0${file}\0`);
  for (const end of ends) hash.update(end);
  return hash.digest('hex').slice(0, 40);
}

/** Goes up when the shape of what is stored, or how a commit is read, changes. */
const SHAPE = 2;

function bytesOf(file: string): Buffer {
  try {
    return fs.readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
}

/** For a process that lives long: the files asked for last, `most` of them, and `beneath` what other processes read. */
export function rememberBlames(most: number, beneath: BlameStore): BlameStore {
  const known = new Map<string, readonly OriginRun[]>();
  const remember = (key: string, runs: readonly OriginRun[]): void => {
    known.delete(key);
    known.set(key, runs);
    for (const oldest of known.keys()) {
      if (known.size <= most) break;
      known.delete(oldest);
    }
  };
  return {
    load(key) {
      const runs = known.get(key) ?? beneath.load(key);
      if (runs) remember(key, runs);
      return runs;
    },
    save(key, runs) {
      remember(key, runs);
      beneath.save(key, runs);
    },
  };
}

const MOST_FILES = 200;
const LARGEST = 8 * 1024 * 1024;

/**
 * Beside the journal, where Hunkmark is installed; elsewhere nothing is read or written. A file that cannot be used is
 * read past, and so is every failure: the history is in git.
 */
export function blameFiles(commonDir: string): BlameStore {
  const folder = stateFiles(commonDir).blames;
  return {
    load(key) {
      if (!isInstalled(commonDir)) return null;
      try {
        const file = path.join(folder, key);
        const stat = fs.lstatSync(file);
        return stat.isFile() && stat.size <= LARGEST ? parseRuns(fs.readFileSync(file, 'utf8')) : null;
      } catch {
        return null;
      }
    },
    save(key, runs) {
      if (!isInstalled(commonDir)) return;
      try {
        fs.mkdirSync(folder, { mode: 0o700, recursive: true });
        replaceFile(path.join(folder, key), Buffer.from(printRuns(runs)), 0o600);
        removeOldest(folder);
      } catch {
        // It is read from git again next time.
      }
    },
  };
}

function removeOldest(folder: string): void {
  const names = fs.readdirSync(folder);
  if (names.length <= MOST_FILES) return;
  const aged = names.map((name) => ({ name, at: fs.lstatSync(path.join(folder, name)).mtimeMs }));
  for (const { name } of aged.toSorted((a, b) => a.at - b.at).slice(0, names.length - MOST_FILES / 2))
    fs.rmSync(path.join(folder, name), { force: true });
}

/** One run a line, `-` for null, and last the number of runs, so that a torn file is noticed. */
function printRuns(runs: readonly OriginRun[]): string {
  const lines = runs.map((run) =>
    [
      run.count,
      run.commit,
      run.class,
      run.via ?? '-',
      run.agent ?? '-',
      run.model ?? '-',
      run.verdict ?? '-',
    ].join(' '),
  );
  return [...lines, `${runs.length}\n`].join('\n');
}

const LINE =
  /^([1-9]\d{0,8}) ([0-9a-f]{40}|[0-9a-f]{64}) (ai|mixed|human|unknown) (completion|chat|agent|shell|declared|-) (\S{1,200}) (\S{1,200}) (exact|moved|-)$/;

/** null: it is not what was written. */
function parseRuns(text: string): OriginRun[] | null {
  const lines = text.split('\n');
  if (lines.pop() !== '' || lines.pop() !== String(lines.length)) return null;
  const runs: OriginRun[] = [];
  let start = 1;
  for (const line of lines) {
    const found = LINE.exec(line);
    if (!found) return null;
    const [, digits = '', commit = '', name, via, agent, model, verdict] = found.map((part) =>
      part === '-' ? null : part,
    );
    const count = Number(digits);
    runs.push({
      start,
      count,
      commit: commit ?? '',
      class: name as LineClass,
      via: via as Via | null,
      agent: agent ?? null,
      model: model ?? null,
      verdict: verdict as OriginRun['verdict'],
    });
    start += count;
  }
  return runs;
}
