import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { installHooks } from '../../src/app/install';
import { record } from '../../src/app/record';
import { saysAfter, saysBefore, VOICES, type Spoken, type Voice } from '../support/agent-voices';
import { scratchRepo, type ScratchRepo } from '../support/scratch-repo';

/**
 * A file as the names of its lines, `b1 b2 A1`: `b` is in the last commit, `A` is an agent's, `P` a person's, who is not
 * watched. No two lines share a word, so nobody is taken for somebody else by chance.
 */
type Lines = string;

/** One file, and what happens to it. */
interface Scene {
  /** The hook before an edit that puts `text` in the place of `old`. */
  readonly begin: (old: Lines, text: Lines) => Promise<Edit>;
  /** A person saves the file; null: deletes it. */
  readonly save: (lines: Lines | null) => void;
  /** A person commits all. */
  readonly commit: () => void;
}

interface Edit {
  /** The agent writes, as its tool does: in the first place. */
  write(): void;
  /** The hook after it. */
  end(): Promise<void>;
  /** The hook after an edit that could not be made, of agents that have one. */
  fail(): Promise<void>;
  /** The hook before it once more, as when two settings call it. */
  beginAgain(): Promise<void>;
}

interface Row {
  readonly why: string;
  readonly play: (scene: Scene) => Promise<void>;
  /** What stands there at the end; its lines `A` are the agent's, and no others. */
  readonly end: Lines;
}

const START = 'b1 b2 b3 b4';

const ROWS: readonly Row[] = [
  {
    why: 'an edit that fails, and once more after a person has written what it looks for',
    play: async ({ begin, save }) => {
      const first = await begin('P1', 'P1 A1');
      await first.fail();
      save('b1 b2 b3 b4 P1 P2');
      const second = await begin('P1', 'P1 A1');
      second.write();
      await second.end();
    },
    end: 'b1 b2 b3 b4 P1 A1 P2',
  },
  {
    why: 'the same, where the agent does not say that it failed',
    play: async ({ begin, save }) => {
      await begin('P1', 'P1 A1');
      save('P2 b1 b2 b3 b4 P1');
      const second = await begin('P1', 'P1 A1');
      second.write();
      await second.end();
    },
    end: 'P2 b1 b2 b3 b4 P1 A1',
  },
  {
    why: 'an edit that is denied, and once more after a person has written',
    play: async ({ begin, save }) => {
      await begin('b2', 'A1');
      save('P1 b1 b2 b3 b4 P2');
      const second = await begin('b2', 'A1');
      second.write();
      await second.end();
    },
    end: 'P1 b1 A1 b3 b4 P2',
  },
  {
    why: 'an edit whose place is not told, while a person writes elsewhere',
    play: async ({ begin, save, commit }) => {
      save('b1 b2 b3 b4 b2');
      commit();
      const edit = await begin('b2', 'b2 A1');
      save('P1 b1 b2 b3 b4 b2');
      edit.write();
      save('P1 b1 b2 A1 b3 b4 b2 P2');
      await edit.end();
    },
    end: 'P1 b1 b2 A1 b3 b4 b2 P2',
  },
  {
    why: 'the hook before it twice, with a person in between',
    play: async ({ begin, save }) => {
      const edit = await begin('b2', 'b2 A1');
      save('P1 b1 b2 b3 b4');
      await edit.beginAgain();
      edit.write();
      await edit.end();
    },
    end: 'P1 b1 b2 A1 b3 b4',
  },
  {
    why: 'the hook after it twice, with a person in between',
    play: async ({ begin, save }) => {
      const edit = await begin('b2', 'b2 A1');
      edit.write();
      await edit.end();
      save('P1 b1 b2 A1 b3 b4');
      await edit.end();
    },
    end: 'P1 b1 b2 A1 b3 b4',
  },
  {
    why: 'no hook after it, and another edit after a person has written',
    play: async ({ begin, save }) => {
      const first = await begin('b2', 'b2 A1');
      first.write();
      save('P1 b1 b2 A1 b3 b4');
      const second = await begin('b4', 'A2');
      second.write();
      await second.end();
    },
    end: 'P1 b1 b2 A1 b3 A2',
  },
  {
    why: 'another edit after one that was denied and a person’s own',
    play: async ({ begin, save }) => {
      await begin('b2', 'A1');
      save('b1 P1 b3 b4');
      const second = await begin('b4', 'b4 A2');
      second.write();
      await second.end();
    },
    end: 'b1 P1 b3 b4 A2',
  },
  {
    why: 'a file that a person writes anew before the agent reports',
    play: async ({ begin, save }) => {
      const edit = await begin('b2', 'b2 A1');
      edit.write();
      save('P1 P2');
      await edit.end();
    },
    end: 'P1 P2',
  },
  {
    why: 'a file that a person deletes, and writes again after the report',
    play: async ({ begin, save }) => {
      const edit = await begin('b2', 'b2 A1');
      edit.write();
      save(null);
      await edit.end();
      save('b1 P1 b2 b3 b4');
    },
    end: 'b1 P1 b2 b3 b4',
  },
  {
    why: 'a commit between the hook before it and the edit',
    play: async ({ begin, save, commit }) => {
      const edit = await begin('b2', 'b2 A1');
      save('b1 b2 b3 b4 P1');
      commit();
      edit.write();
      save('P2 b1 b2 A1 b3 b4 P1');
      await edit.end();
    },
    end: 'P2 b1 b2 A1 b3 b4 P1',
  },
];

for (const voice of VOICES)
  describe(`calls of ${voice} that fail, come twice or never end`, () => {
    let repo: ScratchRepo;
    before(async () => {
      repo = scratchRepo();
      repo.commitFile('start', 'start\n');
      await installHooks({
        repositoryDir: repo.dir,
        hookProgram: path.resolve('dist/hook.js'),
        nodePath: process.execPath,
      });
    });
    after(() => repo.dispose());

    ROWS.forEach(({ why, play, end }, at) =>
      it(why, async () => {
        const name = `f${at}.js`;
        repo.commitFile(name, textOf(START));
        await play(sceneOf(repo, voice, name));
        assert.equal(repo.read(name), textOf(end));
        repo.git('add', '--all');
        repo.git('commit', '--quiet', '-m', 'feat: a step');
        assert.deepEqual(namedLines(repo, name), expectedLines(end));
      }),
    );
  });

function textOf(lines: Lines): string {
  const line = (name: string): string => `const ${wordOf(`${name} left`)} = ${wordOf(`${name} right`)}();\n`;
  return lines.split(' ').map(line).join('');
}

/** A word for each name, of letters alone. */
function wordOf(name: string): string {
  return Buffer.from(name)
    .toString('hex')
    .replaceAll(/\d/g, (digit) => 'ghijklmnop'.charAt(Number(digit)));
}

let calls = 0;

function sceneOf(repo: ScratchRepo, voice: Voice, name: string): Scene {
  const file = path.join(repo.dir, name);
  const tell = async ({ event, payload }: Spoken): Promise<void> => {
    const { problems } = await record({
      agent: voice,
      event,
      payload: JSON.stringify(payload),
      now: Date.now(),
    });
    assert.deepEqual(problems, []);
  };
  return {
    async begin(old, text) {
      const call = `call-${++calls}`;
      const edit = {
        folder: repo.dir,
        file,
        session: 'session-one',
        call,
        old: textOf(old),
        new: textOf(text),
      };
      let [found, left] = ['', ''];
      const before = saysBefore(voice, edit);
      await tell(before);
      return {
        write() {
          found = repo.read(name);
          // A function: the text may hold what `replace` gives a meaning.
          left = found.replace(edit.old, () => edit.new);
          repo.write(name, left);
        },
        end: async () => await tell(saysAfter(voice, edit, { found, left })),
        fail: async () => {
          const failed = failure(voice, before);
          if (failed) await tell(failed);
        },
        beginAgain: async () => await tell(before),
      };
    },
    save(lines) {
      if (lines === null) fs.rmSync(file);
      else repo.write(name, textOf(lines));
    },
    commit() {
      repo.git('commit', '--quiet', '--all', '-m', 'a person’s');
    },
  };
}

/** The other agents say nothing of an edit that they could not make. */
function failure(voice: Voice, { payload }: Spoken): Spoken | null {
  switch (voice) {
    case 'gemini-cli': {
      const response = { error: { message: 'no occurrence', type: 'edit_no_occurrence_found' } };
      return { event: 'AfterTool', payload: { ...payload, tool_response: response } };
    }
    case 'copilot-cli':
      return { event: 'postToolUseFailure', payload: { ...payload, error: 'No match found' } };
    case 'claude-code':
    case 'codex':
    case 'opencode':
      return null;
  }
}

function expectedLines(end: Lines): string[] {
  return end.split(' ').flatMap((name, at) => (name.startsWith('A') ? [`${at + 1} ai`] : []));
}

/** `LINE CLASS` of each added line that the trailers name, read by git's own eyes. */
function namedLines(repo: ScratchRepo, name: string): string[] {
  const hunks = repo.git('log', '-1', '--format=%(trailers:key=AI-Hunk,valueonly,unfold)').split('\n');
  return hunks
    .filter((line) => line.startsWith(`${name} `))
    .flatMap((line) => {
      const words = line.split(' ');
      const lineClass = words.find((word) => word === 'ai' || word === 'mixed') ?? '?';
      const ranges = words.filter((word) => /^\+\d/.test(word));
      return ranges.flatMap((range) => {
        const [start = 0, count = 0] = range.slice(1).split(':')[0]?.split(',').map(Number) ?? [];
        return Array.from({ length: count }, (_, i) => `${start + i} ${lineClass}`);
      });
    })
    .toSorted((a, b) => parseInt(a) - parseInt(b));
}
