import { statSync } from 'node:fs';
import { join } from 'node:path';
import { openEditor } from '../e2e/editor/editor';
import { METERED, meterOf, whyNoEditor, reload } from '../e2e/editor/meter';
import { productIsActive } from '../e2e/editor/provenance';
import { scratchRepo } from '../support/scratch-repo';
import { PAIRS, percentile } from './pairs';
import { notMeasured, type Row } from './row';

const DIST = join(__dirname, '..', '..', '..', 'dist');

/** P9: what the start of the real editor waits for, and how much there is to load. */
export async function rows(): Promise<Row[]> {
  const why = await whyNoEditor();
  return [
    why === null ? await activation() : notMeasured(START, why),
    size('extension.js', 800),
    // What git's hooks load, and what agents' hooks load; hook.js itself only chooses between them.
    size('stamp.js', 150),
    size('record.js', 150),
    size('shell.js', 150),
  ];
}

const START = {
  id: 'P9',
  what: 'loading and activation in the real editor, p95 over starts of its extension host',
  target: '≤ 50',
  unit: 'ms',
};

async function activation(): Promise<Row> {
  const repo = scratchRepo();
  repo.commitFile('a.js', 'const a = 1;\n');
  const editor = await openEditor({ folder: repo.dir, product: 'stable', env: METERED });
  try {
    const [wall, cpu]: [number[], number[]] = [[], []];
    await productIsActive(editor);
    for (let turn = 0; turn < PAIRS; turn++) {
      if (turn > 0) await reload(editor);
      const { loading, activating } = await meterOf(editor).started();
      wall.push(loading.wall + activating.wall);
      cpu.push(loading.cpu + activating.cpu);
    }
    return {
      ...START,
      value: percentile(wall, 0.95),
      pairs: PAIRS,
      samples: { wall, cpu },
      note: `p95 ${percentile(cpu, 0.95).toFixed(1)} ms of processor time`,
    };
  } finally {
    await editor.close();
    repo.dispose();
  }
}

function size(name: string, most: number): Row {
  const bytes = statSync(join(DIST, name)).size;
  return {
    id: 'P9',
    what: `size of dist/${name}`,
    target: `≤ ${most}`,
    value: bytes / 1000,
    unit: 'kB',
    pairs: 1,
  };
}
