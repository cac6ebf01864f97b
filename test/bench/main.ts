import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus, platform, release } from 'node:os';
import { join } from 'node:path';
import type { Row } from './row';

/** What a bench file exports. */
interface Bench {
  rows(): Promise<Row[]>;
}

const OUT = join(__dirname, '..', '..', 'bench');
const NO_BENCH = ['main.js', 'row.js', 'pairs.js', 'rewritten-text.js'];

/**
 * `npm run bench [-- NAME…]`: runs the other files of this folder, or those named, one after another, prints a table
 * and writes it to `out/bench/bench.json`. It judges nothing.
 */
async function main(wanted: readonly string[]): Promise<void> {
  const names = benches().filter((name) => wanted.length === 0 || wanted.includes(name));
  const rows: Row[] = [];
  for (const name of names) {
    console.log(`${name} …`);
    rows.push(...(await load(name).rows()));
  }
  rows.sort((x, y) => x.id.localeCompare(y.id, 'en', { numeric: true }));
  console.log(table(rows));
  mkdirSync(OUT, { recursive: true });
  const machine = {
    node: process.versions.node,
    system: `${platform()} ${release()}`,
    processors: cpus().length,
  };
  writeFileSync(join(OUT, 'bench.json'), `${JSON.stringify({ machine, rows }, null, 2)}\n`);
  console.log('Written to out/bench/bench.json.');
}

function benches(): string[] {
  const files = readdirSync(__dirname).filter((file) => file.endsWith('.js') && !NO_BENCH.includes(file));
  return files.map((file) => file.slice(0, -'.js'.length)).sort();
}

function load(name: string): Bench {
  const loaded: unknown = require(join(__dirname, name));
  if (!isBench(loaded)) throw new Error(`test/bench/${name}.ts exports no function rows`);
  return loaded;
}

function isBench(value: unknown): value is Bench {
  return typeof value === 'object' && value !== null && 'rows' in value && typeof value.rows === 'function';
}

function table(rows: readonly Row[]): string {
  const cells = [
    ['', 'what', 'measured', 'target', 'pairs', ''],
    ...rows.map((row) => [row.id, row.what, measured(row), row.target, String(row.pairs), row.note ?? '']),
  ];
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function measured({ value, unit }: Row): string {
  if (value === null) return 'not measured';
  return `${value.toPrecision(value >= 1000 ? Math.ceil(Math.log10(value)) : 3)} ${unit}`;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
