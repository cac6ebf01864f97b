import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { installHooks } from '../../src/app/install';
import { record } from '../../src/app/record';
import { scratchRepo, type ScratchRepo } from '../support/scratch-repo';

const BASE = [
  'import { rates } from "./rates";',
  '',
  'export function total(items) {',
  '  return items.length;',
  '}',
  '',
].join('\n');

/** A call of Claude Code's Edit or Write: what its hooks send, cut in two so that others can act in between. */
interface PendingCall {
  /** Writes the file as the agent does. */
  write(): void;
  /** The report after it; `saw` is the text that the agent says it found. */
  finish(saw?: string | null, more?: Readonly<Record<string, unknown>>): Promise<void>;
}

interface Bench {
  readonly repo: ScratchRepo;
  readonly problems: string[];
  edit(file: string, old: string, text: string, session?: string): Promise<PendingCall>;
  overwrite(file: string, content: string): Promise<PendingCall>;
  send(event: string, payload: unknown): Promise<void>;
  /** Commits everything and gives `FILE +LINE CLASS` of each line the trailers name, and the counts. */
  commit(): { readonly named: readonly string[]; readonly counts: string };
}

async function bench(text = BASE): Promise<Bench> {
  const repo = scratchRepo();
  repo.commitFile('src/total.js', text, 'start');
  await installHooks({
    repositoryDir: repo.dir,
    hookProgram: path.resolve('dist/hook.js'),
    nodePath: process.execPath,
  });
  const problems: string[] = [];
  let calls = 0;
  const send = async (event: string, payload: unknown): Promise<void> => {
    const outcome = await record({
      agent: 'claude-code',
      event,
      payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
      now: Date.now(),
    });
    problems.push(...outcome.problems);
  };
  const begin = async (
    tool: string,
    file: string,
    input: Readonly<Record<string, unknown>>,
    after: (before: string) => string,
    session = 'one',
  ): Promise<PendingCall> => {
    const name = path.join(repo.dir, file);
    const common = {
      session_id: session,
      transcript_path: path.join(repo.root, 'none.jsonl'),
      cwd: repo.dir,
      tool_name: tool,
      tool_use_id: `toolu_${++calls}`,
      tool_input: { file_path: name, ...input },
    };
    const read = (): string | null => (fs.existsSync(name) ? fs.readFileSync(name, 'utf8') : null);
    await send('PreToolUse', { ...common, hook_event_name: 'PreToolUse' });
    let found: string | null = null;
    return {
      write() {
        found = read();
        repo.write(file, after(found ?? ''));
      },
      async finish(saw, more = {}) {
        const original = saw === undefined ? found : saw;
        const response =
          tool === 'Write'
            ? { type: original === null ? 'create' : 'update', filePath: name, content: input['content'] }
            : {
                filePath: name,
                oldString: input['old_string'],
                newString: input['new_string'],
                replaceAll: false,
              };
        await send('PostToolUse', {
          ...common,
          hook_event_name: 'PostToolUse',
          tool_response: {
            ...response,
            originalFile: original,
            structuredPatch: [],
            userModified: false,
            ...more,
          },
        });
      },
    };
  };
  return {
    repo,
    problems,
    send,
    edit: (file, old, text, session) =>
      begin(
        'Edit',
        file,
        { old_string: old, new_string: text, replace_all: false },
        (before) => before.split(old).join(text),
        session,
      ),
    overwrite: (file, content) => begin('Write', file, { content }, () => content),
    commit: () => {
      repo.git('add', '--all');
      repo.git('commit', '--quiet', '-m', 'feat: change');
      return readCommit(repo);
    },
  };
}

function readCommit(repo: ScratchRepo): { named: string[]; counts: string } {
  const lines = repo.git('log', '-1', '--format=%(trailers:unfold,only)').split('\n');
  const counts = /ai=.* ai-deleted=\d+/.exec(lines[0] ?? '')?.[0] ?? 'none';
  const named = lines.flatMap((line) => {
    const words = line.split(' ');
    if (words[0] !== 'AI-Hunk:') return [];
    const ranges = words.filter((word) => /^\+\d/.test(word));
    const lineClass = words.find((word) => word === 'ai' || word === 'mixed') ?? '?';
    return ranges.flatMap((range) => {
      const [start = 0, count = 0] = range.slice(1).split(':')[0]?.split(',').map(Number) ?? [];
      return Array.from({ length: count }, (_, i) => `${words[1]} +${start + i} ${lineClass}`);
    });
  });
  return { named: named.toSorted(), counts };
}

async function inBench(work: (bench: Bench) => Promise<void>, text?: string): Promise<void> {
  const own = await bench(text);
  try {
    await work(own);
  } finally {
    own.repo.dispose();
  }
}

const SUM = '  return items.reduce((sum, item) => sum + item.price, 0);';

describe('what an agent’s hook tells is kept', () => {
  it('gives the agent its lines and leaves to a person what was saved between the two hooks', () =>
    inBench(async (b) => {
      const call = await b.edit('src/total.js', '  return items.length;', SUM);
      b.repo.write('src/total.js', `// price list of the warehouse\n${b.repo.read('src/total.js')}`);
      call.write();
      await call.finish();
      assert.deepEqual(b.commit(), {
        named: ['src/total.js +5 ai'],
        counts: 'ai=1 mixed=0 human=0 unknown=1 ai-deleted=1',
      });
    }));

  it('leaves to a person what was saved after the agent wrote and before it reported', () =>
    inBench(async (b) => {
      const call = await b.edit('src/total.js', '  return items.length;', SUM);
      call.write();
      b.repo.write('src/total.js', `${b.repo.read('src/total.js')}export const VAT = rates.standard;\n`);
      await call.finish();
      assert.deepEqual(b.commit().named, ['src/total.js +4 ai']);
    }));

  it('keeps both of two calls that began on the same text, also when one reports a stale text before', () =>
    inBench(async (b) => {
      const first = await b.edit(
        'src/total.js',
        'import { rates } from "./rates";',
        'import { prices } from "./warehouse";',
        'one',
      );
      const second = await b.edit(
        'src/total.js',
        '}\n',
        '}\n\nexport function invoiceNumber(order) {\n  return order.prefix + order.serial;\n}\n',
        'two',
      );
      first.write();
      second.write();
      await first.finish(BASE);
      await second.finish(BASE);
      assert.deepEqual(b.commit().named, [
        'src/total.js +1 ai',
        'src/total.js +6 ai',
        'src/total.js +7 ai',
        'src/total.js +8 ai',
        'src/total.js +9 ai',
      ]);
    }));

  it('gives a call in flight the text it wrote when another call sees it first, and never twice', () =>
    inBench(async (b) => {
      const first = await b.edit('src/total.js', '  return items.length;', '  return countOf(items);', 'one');
      const second = await b.edit(
        'src/total.js',
        '}\n',
        '}\nexport const currency = localeCurrency();\n',
        'two',
      );
      first.write();
      second.write();
      await first.finish();
      b.repo.write('src/total.js', `${b.repo.read('src/total.js')}const handWritten = readSettings();\n`);
      await second.finish();
      assert.deepEqual(b.commit(), {
        named: ['src/total.js +4 ai', 'src/total.js +6 ai'],
        counts: 'ai=2 mixed=0 human=0 unknown=1 ai-deleted=1',
      });
    }));

  it('leaves to a person what they changed of a proposal before it was written', () =>
    inBench(async (b) => {
      const proposal = 'export const first = load();\nexport const second = first.next();\n';
      const call = await b.overwrite('src/new.js', proposal);
      const written = `// the first one of the list\n${proposal.replace('next', 'last')}`;
      b.repo.write('src/new.js', written);
      await call.finish(null, { userModified: true, content: written });
      assert.deepEqual(b.commit().named, ['src/new.js +2 ai', 'src/new.js +3 mixed']);
    }));

  it('leaves to a person what they changed of an edit, also where the proposal was not seen', () =>
    inBench(async (b) => {
      const call = await b.edit('src/total.js', '  return items.length;', SUM);
      const written = BASE.replace('  return items.length;', `${SUM}\n  // in cents, not in euros`);
      b.repo.write('src/total.js', written);
      await call.finish(BASE, { userModified: true, newString: `${SUM}\n  // in cents, not in euros` });
      assert.deepEqual(b.commit().named, ['src/total.js +4 ai']);
      const late = await b.overwrite('src/late.js', '');
      fs.rmSync(path.join(b.repo.dir, '.git/hunkmark/worktrees'), { recursive: true });
      b.repo.write('src/late.js', 'const late = tellTheTime();\n');
      await late.finish(null, { userModified: true, content: 'const late = tellTheTime();\n' });
      assert.deepEqual(b.commit().named, []);
    }));

  it('leaves to a person what one declared between the two hooks of a call', () =>
    inBench(async (b) => {
      const first = await b.edit('src/total.js', '  return items.length;', SUM);
      first.write();
      await first.finish();
      const second = await b.edit('src/total.js', 'export function', 'export async function', 'two');
      second.write();
      b.repo.write('src/total.js', `${b.repo.read('src/total.js')}const handWritten = readSettings();\n`);
      const mark = [path.resolve('dist/cli.js'), 'mark', 'src/total.js:4', '--as', 'human'];
      assert.equal(b.repo.run(process.execPath, mark).status, 0);
      await second.finish();
      assert.deepEqual(b.commit().named, ['src/total.js +3 mixed']);
    }));

  it('counts nothing for a call that never finished', () =>
    inBench(async (b) => {
      await b.edit('src/total.js', '  return items.length;', SUM);
      b.repo.write('src/total.js', `${b.repo.read('src/total.js')}const handWritten = readSettings();\n`);
      assert.deepEqual(b.commit(), { named: [], counts: 'none' });
    }));

  it('believes an empty text only when it is seen twice', () =>
    inBench(async (b) => {
      const content = 'export const first = load();\nexport const second = first.next();\n';
      const call = await b.overwrite('src/new.js', content);
      b.repo.write('src/new.js', '');
      const finished = call.finish(null);
      await new Promise((resolve) => setTimeout(resolve, 5));
      b.repo.write('src/new.js', content);
      await finished;
      assert.deepEqual(b.commit().named, ['src/new.js +1 ai', 'src/new.js +2 ai']);
    }));

  it('takes a file of a CRLF repository for what it is', () =>
    inBench(
      async (b) => {
        const call = await b.edit('src/total.js', '  return items.length;', SUM);
        b.repo.write('src/total.js', BASE.replace('  return items.length;', SUM).replaceAll('\n', '\r\n'));
        await call.finish(BASE);
        assert.deepEqual(b.commit().named, ['src/total.js +4 ai']);
      },
      BASE.replaceAll('\n', '\r\n'),
    ));

  it('takes an edit through a link for one of the file that it leads to', () =>
    inBench(async (b) => {
      fs.symlinkSync('src/total.js', path.join(b.repo.dir, 'link.js'));
      b.repo.git('add', '--all');
      b.repo.git('commit', '--quiet', '-m', 'a link');
      const call = await b.edit('link.js', '  return items.length;', SUM);
      call.write();
      await call.finish();
      assert.deepEqual(b.commit().named, ['src/total.js +4 ai']);
    }));

  it('writes nothing for files that are ignored, outside, linked, binary, too large or in no repository of ours', () =>
    inBench(async (b) => {
      b.repo.write('.gitignore', 'secret.env\n');
      fs.symlinkSync('../outside.js', path.join(b.repo.dir, 'link.js'));
      b.repo.write('image.bin', new Uint8Array([0, 1, 2]));
      b.repo.write('large.txt', 'x'.repeat(6_000_000));
      for (const file of [
        'secret.env',
        'link.js',
        'image.bin',
        'large.txt',
        '../outside.js',
        '.git/config',
      ]) {
        const call = await b.overwrite(file, 'KEY=value of the secret\n');
        await call.finish(null);
      }
      assert.equal(fs.existsSync(path.join(b.repo.dir, '.git/hunkmark/worktrees')), false);
      assert.deepEqual(b.problems, []);
    }));

  it('says in one line what it could not read, and keeps what it has', () =>
    inBench(async (b) => {
      const call = await b.edit('src/total.js', '  return items.length;', SUM);
      call.write();
      await call.finish();
      await b.send('PostToolUse', '{"session_id": "one", "tool_na');
      await b.send('PostToolUse', '');
      await b.send('PostToolUse', '[[[[');
      assert.equal(b.problems.length, 3);
      assert.ok(b.problems.every((line) => line.startsWith('hunkmark: ') && !line.includes('\n')));
      assert.deepEqual(b.commit().named, ['src/total.js +4 ai']);
    }));

  it('keeps the journal to its owner', () =>
    inBench(async (b) => {
      const call = await b.edit('src/total.js', '  return items.length;', SUM);
      call.write();
      await call.finish();
      const folder = path.join(b.repo.dir, '.git/hunkmark/worktrees/main');
      const [segment = ''] = fs.readdirSync(folder);
      assert.equal(fs.statSync(path.join(folder, segment)).mode & 0o777, 0o600);
      assert.equal(fs.statSync(folder).mode & 0o777, 0o700);
    }));
});
