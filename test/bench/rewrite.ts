import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { followBuffer } from '../../src/app/open-buffer';
import { baseText } from '../../src/core/known';
import { splitLines } from '../../src/core/lines';
import { pairs, type Pairs } from './pairs';
import { rewritten, REWRITTEN_LINES, SHARES } from './rewritten-text';
import type { Row } from './row';

/** P5: what the comparison alone takes, of all that the editor does about a rewrite (see editor-rewrite.ts). */
export async function rows(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hunkmark-bench-'));
  try {
    const rows: Row[] = [];
    for (const share of SHARES) rows.push(row(share, await measured(folder, share)));
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measured(folder: string, share: number): Promise<Pairs> {
  const [before, after] = [join(folder, 'before.txt'), join(folder, 'after.txt')];
  writeFileSync(before, rewritten(0));
  writeFileSync(after, rewritten(share));
  const attribute = (): number => {
    const [lines, text] = [splitLines(rewritten(0)), rewritten(share)];
    const buffer = followBuffer({ known: baseText(lines), history: [] });
    const began = performance.now();
    buffer.observe(text);
    buffer.known();
    return performance.now() - began;
  };
  const args = ['diff', '--no-index', '--histogram', before, after];
  return await pairs(attribute, () => void spawnSync('git', args, { maxBuffer: 1 << 28 }));
}

function row(share: number, { ratio, pairs: count, first, second, medianFirst, medianSecond }: Pairs): Row {
  return {
    id: 'P5',
    what: `comparing a rewrite of ${REWRITTEN_LINES} lines, ${share} % changed ÷ git diff --no-index --histogram`,
    target: '≤ 3',
    value: ratio,
    unit: '×',
    pairs: count,
    samples: { ours: first, git: second },
    note: `${medianFirst.toFixed(0)} ms; git ${medianSecond.toFixed(0)} ms`,
  };
}
