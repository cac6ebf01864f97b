import * as fs from 'node:fs';
import * as path from 'node:path';
import { installAgent } from '../support/agent-edits';
import { scratchRepo, type ScratchRepo } from '../support/scratch-repo';
import { timeRecord } from './commit';
import { median, PAIRS } from './pairs';
import type { Row } from './row';

/** P3: the hooks around a shell command of an agent, in so many small files. */
export async function rows(): Promise<Row[]> {
  return [await aroundCommand(20_000), await aroundCommand(100_000)];
}

async function aroundCommand(count: number): Promise<Row> {
  const repo = scratchRepo();
  try {
    for (let file = 0; file < count; file++) writeSmall(repo, file);
    repo.git('add', '--all');
    repo.git('commit', '--quiet', '-m', 'start');
    await installAgent(repo);
    const [before, after]: [number[], number[]] = [[], []];
    let unfinished = 0;
    for (let turn = 0; turn < PAIRS; turn++) {
      const call = {
        session_id: 'bench',
        transcript_path: path.join(repo.root, 'none.jsonl'),
        cwd: repo.dir,
        tool_name: 'Bash',
        tool_use_id: `toolu_${turn}`,
        tool_input: { command: 'npm run build' },
      };
      const began = timeRecord(repo, 'PreToolUse', call);
      before.push(began.ms);
      if (began.stderr.includes('incomplete')) unfinished++;
      const ended = { ...call, tool_response: { stdout: '', stderr: '', interrupted: false } };
      after.push(timeRecord(repo, 'PostToolUse', ended).ms);
    }
    return {
      id: 'P3',
      what: `record around a shell command in ${count} files, the slower of the two`,
      target: '≤ 250 ms, or it says incomplete',
      value: Math.max(median(before), median(after)),
      unit: 'ms',
      pairs: PAIRS,
      samples: { before, after },
      note: `${unfinished} of ${PAIRS} said incomplete`,
    };
  } finally {
    repo.dispose();
  }
}

function writeSmall(repo: ScratchRepo, file: number): void {
  const folder = path.join(repo.dir, `src/m${file % 200}/s${file % 7}`);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, `file${file}.ts`), `export const value_${file} = ${file};\n`);
}
