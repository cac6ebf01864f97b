import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { followBuffer, foundText, type OpenBuffer } from '../../src/app/open-buffer';
import { openFile, recordFile, uncommittedLines, type OpenFile } from '../../src/app/open-file';
import type { Writer } from '../../src/core/buffer';
import { baseText, type KnownText } from '../../src/core/known';
import { bench, type Bench } from '../cli/bench';

const COMPLETION: Writer = {
  kind: 'one',
  origin: { class: 'ai', via: 'completion', agent: 'unidentified', model: null, evidence: 'reported', at: 7 },
};
const PERSON: Writer = {
  kind: 'one',
  origin: { class: 'human', via: null, agent: null, model: null, evidence: 'reported', at: 7 },
};

async function opened({ repo }: Bench, file: string, text = repo.read(file)): Promise<OpenFile> {
  const found = await openFile(path.join(repo.dir, file), text);
  if (found.kind !== 'tracked') throw new Error(`${file} is not followed: ${found.why}`);
  return found.file;
}

function insert(buffer: OpenBuffer, after: string, text: string, writer: Writer): void {
  const offset = buffer.text().indexOf(after) + after.length;
  assert.ok(buffer.change([{ offset, length: 0, text }], writer));
}

function save(target: Bench, file: OpenFile, buffer: OpenBuffer): OpenFile {
  target.repo.write(file.path, buffer.text());
  const next = recordFile(file, { known: buffer.known(), writer: 'editor-one', now: Date.now() });
  assert.ok(next !== null);
  return next;
}

function baseOf(buffer: OpenBuffer): KnownText {
  return baseText(buffer.known().lines);
}

function classes(buffer: OpenBuffer): string[] {
  const { lines, origins } = buffer.known();
  return lines.map((line, at) => `${origins[at]?.class} ${line.trimEnd()}`);
}

describe('app/open-file: from an editor to the commit', () => {
  let target: Bench;

  beforeEach(() => {
    target = bench();
    target.repo.write('a.js', 'first();\nsecond();\n');
    target.repo.git('add', '--all');
    target.commit('start');
  });
  afterEach(() => target.repo.dispose());

  it('a completion and a typed line are in the trailers, and the person’s line is human', async () => {
    target.install();
    const file = await opened(target, 'a.js');
    const buffer = followBuffer(file);
    insert(buffer, 'first();\n', 'completed(here);\n', COMPLETION);
    insert(buffer, 'second();\n', 'typed(byHand);\n', PERSON);
    save(target, file, buffer);
    target.repo.git('add', 'a.js');
    assert.equal(
      target.ok('status', '--trailers').split('\n')[0],
      'AI-Provenance: v1 ai=1 mixed=0 human=1 unknown=0 ai-deleted=0 hunks=1 listed=1',
    );
    target.commit('feat: both');
    const lines = target.json('blame', 'a.js').lines.map((line: { class: string }) => line.class);
    assert.deepEqual(lines, ['unknown', 'ai', 'unknown', 'human']);
  });

  it('nothing is written where Hunkmark is not installed', async () => {
    const file = await opened(target, 'a.js');
    const buffer = followBuffer(file);
    insert(buffer, 'first();\n', 'completed(here);\n', COMPLETION);
    assert.equal(recordFile(file, { known: buffer.known(), writer: 'editor-one', now: 1 }), null);
    assert.equal(fs.existsSync(path.join(target.repo.dir, '.git/hunkmark')), false);
  });

  it('only a model’s lines make the hooks start', async () => {
    target.install();
    const file = await opened(target, 'a.js');
    const buffer = followBuffer(file);
    insert(buffer, 'second();\n', 'typed(byHand);\n', PERSON);
    const next = save(target, file, buffer);
    assert.equal(fs.existsSync(path.join(target.repo.dir, '.git/hunkmark/pending')), false);
    insert(buffer, 'first();\n', 'completed(here);\n', COMPLETION);
    save(target, next, buffer);
    assert.equal(fs.existsSync(path.join(target.repo.dir, '.git/hunkmark/pending')), true);
  });

  it('one process reads the committed file and what its commits say', async () => {
    target.install();
    target.agent('a.js', 'second();\n', 'second();\nagents(line);\n');
    target.repo.git('add', 'a.js');
    target.commit('feat: an agent’s line');
    const trace = path.join(target.repo.root, 'trace');
    process.env['GIT_TRACE2_EVENT'] = trace;
    try {
      const { history } = await opened(target, 'a.js');
      assert.deepEqual(
        history.map((origin) => origin.class),
        ['unknown', 'unknown', 'ai'],
      );
    } finally {
      delete process.env['GIT_TRACE2_EVENT'];
    }
    const starts = fs.readFileSync(trace, 'utf8').match(/"event":"start".*"cat-file"/g) ?? [];
    assert.equal(starts.length, 1);
  });

  it('is looked at again only where the text, the journal or the commit is another one', async () => {
    target.install();
    const text = target.repo.read('a.js');
    const again = async (before: OpenFile, shown = text): Promise<OpenFile> => {
      const found = await openFile(path.join(target.repo.dir, 'a.js'), shown, before);
      return found.kind === 'tracked' ? found.file : assert.fail();
    };
    const first = await opened(target, 'a.js');
    assert.equal(await again(first), first);
    assert.notEqual(await again(first, 'other();\n'), first);
    target.agent('a.js', 'second();\n', 'second();\nagents(line);\n');
    target.repo.write('a.js', text);
    const second = await again(first);
    assert.notEqual(second, first);
    assert.equal(await again(second), second);
    target.commit('another');
    assert.notEqual(await again(second), second);
  });

  it('is looked at again without a process, and no record is read twice', async () => {
    target.install();
    target.agent('a.js', 'second();\n', 'second();\nagents(line);\n');
    const first = await opened(target, 'a.js');
    target.agent('a.js', 'first();\n', 'first();\nagents(other);\n');
    const trace = path.join(target.repo.root, 'trace');
    fs.writeFileSync(trace, '');
    process.env['GIT_TRACE2_EVENT'] = trace;
    const found = await openFile(
      path.join(target.repo.dir, 'a.js'),
      target.repo.read('a.js'),
      null,
      first,
    ).finally(() => delete process.env['GIT_TRACE2_EVENT']);
    assert.ok(found.kind === 'tracked');
    assert.equal(fs.readFileSync(trace, 'utf8'), '');
    assert.deepEqual(classes(followBuffer(found.file)), [
      'base first();',
      'ai agents(other);',
      'base second();',
      'ai agents(line);',
    ]);
    for (const [id, record] of first.records) assert.equal(found.file.records.get(id), record);
    assert.ok(found.file.records.size > first.records.size);
  });

  it('after a commit it is held against what that commit has', async () => {
    target.install();
    target.agent('a.js', 'second();\n', 'second();\nagents(line);\n');
    const first = await opened(target, 'a.js');
    target.repo.git('add', '--all');
    target.commit('the line');
    const found = await openFile(path.join(target.repo.dir, 'a.js'), target.repo.read('a.js'), first);
    assert.ok(found.kind === 'tracked');
    assert.deepEqual(found.file.head, ['first();\n', 'second();\n', 'agents(line);\n']);
    assert.deepEqual(
      found.file.history.map((origin) => origin.class),
      ['unknown', 'unknown', 'ai'],
    );
  });

  it('says whether the journal knows all of it already', async () => {
    target.install();
    assert.equal((await opened(target, 'a.js')).isRecorded, false, 'nobody has written anything');
    target.agent('a.js', 'second();\n', 'second();\nagents(line);\n');
    assert.equal((await opened(target, 'a.js')).isRecorded, true);
    const text = `${target.repo.read('a.js')}typed();\n`;
    assert.equal((await opened(target, 'a.js', text)).isRecorded, false, 'another text');
  });

  it('a file that is opened again is known from the journal', async () => {
    target.install();
    const file = await opened(target, 'a.js');
    const buffer = followBuffer(file);
    insert(buffer, 'first();\n', 'completed(here);\n', COMPLETION);
    save(target, file, buffer);
    const again = followBuffer(await opened(target, 'a.js'));
    assert.deepEqual(classes(again), ['base first();', 'ai completed(here);', 'base second();']);
  });

  it('a text that was gone and is back, as after a stash, has the origins it had', async () => {
    target.install();
    const buffer = followBuffer(await opened(target, 'a.js'));
    insert(buffer, 'first();\n', 'completed();\n', COMPLETION);
    const stashed = save(target, await opened(target, 'a.js'), buffer);
    const text = buffer.text();
    buffer.observe('first();\nsecond();\n');
    save(target, stashed, buffer);
    const back = followBuffer(await opened(target, 'a.js', text));
    assert.deepEqual(classes(back), ['base first();', 'ai completed();', 'base second();']);
    const other = followBuffer(await opened(target, 'a.js', `${text}third();\n`));
    assert.deepEqual(classes(other)[1], 'unknown completed();');
  });

  it('a renamed file is known under its new name, and its committed lines are; a copy is not', async () => {
    target.install();
    const buffer = followBuffer(await opened(target, 'a.js'));
    insert(buffer, 'first();\n', 'made();\n', COMPLETION);
    save(target, await opened(target, 'a.js'), buffer);
    const name = path.join(target.repo.dir, 'a.js');
    const under = async (file: string): Promise<OpenFile> => {
      const found = await openFile(path.join(target.repo.dir, file), buffer.text(), null, null, name);
      assert.ok(found.kind === 'tracked');
      return found.file;
    };
    fs.copyFileSync(name, path.join(target.repo.dir, 'copy.js'));
    assert.deepEqual(classes(followBuffer(await under('copy.js'))), [
      'unknown first();',
      'unknown made();',
      'unknown second();',
    ]);
    fs.renameSync(name, path.join(target.repo.dir, 'b.js'));
    const renamed = await under('b.js');
    assert.deepEqual(classes(followBuffer(renamed)), ['base first();', 'ai made();', 'base second();']);
    assert.deepEqual([renamed.path, renamed.headPath], ['b.js', 'a.js']);
    save(target, renamed, followBuffer(renamed));
    target.repo.git('add', '--all', 'a.js', 'b.js');
    target.commit('feat: under another name');
    assert.match(
      target.repo.git('log', '-1', '--format=%B'),
      /^AI-Provenance: v1 ai=1 mixed=0 human=0 unknown=0 .*\nAI-Hunk: b\.js \+2,1:/m,
    );
    assert.equal((await under('b.js')).headPath, 'b.js');
  });

  it('a file that git has renamed in the index is known by its name before', async () => {
    target.install();
    const buffer = followBuffer(await opened(target, 'a.js'));
    insert(buffer, 'first();\n', 'made();\n', COMPLETION);
    save(target, await opened(target, 'a.js'), buffer);
    target.repo.git('mv', 'a.js', 'b.js');
    target.repo.write('new.js', 'first();\n');
    const renamed = await opened(target, 'b.js');
    assert.deepEqual(classes(followBuffer(renamed)), ['base first();', 'ai made();', 'base second();']);
    assert.equal(renamed.headPath, 'a.js');
    assert.deepEqual(classes(followBuffer(await opened(target, 'new.js'))), ['unknown first();']);
    target.repo.git('add', 'new.js');
    assert.deepEqual(classes(followBuffer(await opened(target, 'new.js'))), ['unknown first();']);
  });

  it('what an agent’s hook reports and what the editor sees of it on disk are one edit', async () => {
    target.install();
    const file = await opened(target, 'a.js');
    const buffer = followBuffer(file);
    insert(buffer, 'second();\n', 'typed(byHand);\n', PERSON);
    save(target, file, buffer);
    target.agent('a.js', 'first();\n', 'first();\nagents(line);\n');
    buffer.observe(target.repo.read('a.js'));
    assert.deepEqual(classes(buffer), [
      'base first();',
      'unknown agents(line);',
      'base second();',
      'human typed(byHand);',
    ]);
    buffer.rebase(await opened(target, 'a.js', buffer.text()));
    const expected = ['base first();', 'ai agents(line);', 'base second();', 'human typed(byHand);'];
    assert.deepEqual(classes(buffer), expected);
    target.repo.git('add', 'a.js');
    const message = target.repo.git('show', '-s', '--format=%B', target.commit('feat: both'));
    assert.match(message, /^AI-Provenance: v1 ai=1 mixed=0 human=1 unknown=0 /m);
    assert.match(message, /^Assisted-by: claude-code$/m);
  });

  it('a line that is committed is what the last commit says, whoever typed it', async () => {
    target.install();
    const file = await opened(target, 'a.js');
    const buffer = followBuffer(file);
    insert(buffer, 'second();\n', 'typed(byHand);\n', PERSON);
    save(target, file, buffer);
    target.repo.git('add', 'a.js');
    target.commit('by hand');
    buffer.rebase({ ...(await opened(target, 'a.js', buffer.text())), known: baseOf(buffer) });
    assert.deepEqual(classes(buffer), ['base first();', 'base second();', 'base typed(byHand);']);
  });

  it('a change of a line that a model committed is mixed', async () => {
    target.install();
    target.agent('a.js', 'first();\n', 'first();\nagents(line);\n');
    target.repo.git('add', 'a.js');
    target.commit('feat: by an agent');
    const buffer = followBuffer(await opened(target, 'a.js'));
    assert.ok(buffer.change([{ offset: buffer.text().indexOf('line'), length: 4, text: 'own' }], PERSON));
    assert.equal(classes(buffer)[1], 'mixed agents(own);');
  });

  it('uncommitted text that was there before anybody looked is unknown, whoever changes it', async () => {
    target.repo.write('a.js', 'first();\nfound(before);\nsecond();\n');
    const buffer = followBuffer(await opened(target, 'a.js'));
    insert(buffer, 'found(', 'typed, ', PERSON);
    assert.deepEqual(classes(buffer), ['base first();', 'unknown found(typed, before);', 'base second();']);
  });

  it('an undo brings the origins back, and a redo too', async () => {
    const buffer = followBuffer(await opened(target, 'a.js'));
    insert(buffer, 'first();\n', 'completed(here);\n', COMPLETION);
    const removed = { offset: 9, length: 17, text: '' };
    assert.ok(buffer.restore([removed]));
    assert.deepEqual(classes(buffer), ['base first();', 'base second();']);
    assert.ok(buffer.restore([{ offset: 9, length: 0, text: 'completed(here);\n' }]));
    assert.deepEqual(classes(buffer), ['base first();', 'ai completed(here);', 'base second();']);
  });

  it('says whose the text was that the last edit cut out, and of no other place', async () => {
    const buffer = followBuffer(await opened(target, 'a.js'));
    insert(buffer, 'first();\n', 'made();\n', COMPLETION);
    const before = { line: 1, character: 0 };
    const cut = (from: [number, number], to: [number, number]): string | null => {
      const [start, end] = [from, to].map(([line, character]) => ({ line, character }));
      const found = start && end ? buffer.cutOut(start, end) : null;
      return (
        found && `${JSON.stringify(found.text)} ${found.pieces.map(({ origin }) => origin.class).join()}`
      );
    };
    assert.equal(cut([1, 0], [2, 0]), null, 'nothing was cut');
    assert.ok(buffer.change([{ offset: 9, length: 8, text: '' }], PERSON));
    assert.equal(cut([1, 0], [2, 0]), '"made();\\n" ai');
    assert.equal(cut([1, 0], [1, 7]), '"made();" ai', 'a whole line, with its end');
    assert.equal(cut([1, 0], [1, 4]), null);
    assert.equal(cut([0, 0], [1, 0]), null);
    assert.equal(cut([1, 0], [9, 0]), null);
    assert.equal(buffer.cutOut(before, before), null);
    insert(buffer, 'first();\n', 'x', PERSON);
    assert.equal(cut([1, 0], [2, 0]), null, 'something else was done since');
  });

  it('an undo to a text that was never seen is nobody’s', async () => {
    const buffer = followBuffer(await opened(target, 'a.js'));
    assert.ok(buffer.restore([{ offset: 9, length: 0, text: 'from(before);\n' }]));
    assert.equal(classes(buffer)[1], 'unknown from(before);');
    assert.equal(buffer.restore([{ offset: 900, length: 1, text: '' }]), false);
  });

  it('lines that a person declares human against a model keep its name', async () => {
    const buffer = followBuffer(await opened(target, 'a.js'));
    insert(buffer, 'first();\n', 'completed(here);\n', COMPLETION);
    buffer.declare(1, 1, 'human', null, 9);
    const declared = buffer.known().origins[1];
    assert.deepEqual(declared, {
      class: 'human',
      via: 'declared',
      agent: 'unidentified',
      model: null,
      evidence: 'declared',
      at: 9,
    });
    target.install();
    save(target, await opened(target, 'a.js'), buffer);
    target.agent('a.js', 'second();\n', 'second();\nagents(line);\n');
    target.repo.git('add', 'a.js');
    assert.match(
      target.ok('status', '--trailers'),
      /^AI-Provenance: v1 ai=1 mixed=0 human=1 unknown=0 .* redeclared=1$/m,
    );
    buffer.declare(0, 0, 'ai', 'cursor', 9);
    assert.deepEqual(classes(buffer).slice(0, 2), ['ai first();', 'human completed(here);']);
  });

  it('lines that the last commit does not have', () => {
    assert.deepEqual(uncommittedLines(['a\n', 'b\n'], ['a\n', 'c\n', 'b\n']), [{ start: 2, count: 1 }]);
    assert.deepEqual(uncommittedLines(null, ['a\n', 'c\n']), [{ start: 1, count: 2 }]);
    assert.deepEqual(uncommittedLines(null, []), []);
  });

  it('what is not followed says why', async () => {
    const name = path.join(target.repo.dir, 'a.js');
    assert.deepEqual(await openFile(path.join(target.repo.root, 'outside.js'), ''), {
      kind: 'untracked',
      why: 'no-repository',
    });
    assert.deepEqual(await openFile(name, 'x'.repeat(5 * 1024 * 1024 + 1)), {
      kind: 'untracked',
      why: 'too-large',
    });
    target.repo.write('.gitignore', 'ignored.js\n');
    assert.deepEqual(await openFile(path.join(target.repo.dir, 'ignored.js'), ''), {
      kind: 'untracked',
      why: 'ignored',
    });
  });

  it('a text that is no file yet is nobody’s until somebody writes in it', () => {
    const buffer = followBuffer(foundText('found();\n'));
    insert(buffer, 'found();\n', 'typed();\n', PERSON);
    assert.deepEqual(classes(buffer), ['unknown found();', 'human typed();']);
  });
});
