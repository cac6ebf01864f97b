import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as fc from 'fast-check';
import { modelOfCall, readTail, type Tail } from '../../src/agents/claude-transcript';

const line = (model: unknown, ...ids: unknown[]): string =>
  JSON.stringify({
    type: 'assistant',
    message: { model, content: ids.map((id) => ({ type: 'tool_use', id, name: 'Edit', input: {} })) },
  });
const result = (id: string): string =>
  JSON.stringify({ type: 'user', message: { content: [{ type: 'tool_result', tool_use_id: id }] } });

function check(lines: readonly string[], id: string, whole = true): string | null {
  const tail: Tail = { bytes: Buffer.from(lines.join('\n')), whole };
  return modelOfCall('/t.jsonl', id, { read: () => tail });
}

describe('the model of a call in a transcript of Claude Code', () => {
  it('is the one of the line that holds the call', () => {
    const lines = [line('claude-a', 't1'), result('t1'), line('claude-b', 't2', 't3'), result('t2'), ''];
    assert.equal(check(lines, 't1'), 'claude-a');
    assert.equal(check(lines, 't3'), 'claude-b');
  });

  it('is not guessed from another call', () => {
    const lines = [line('claude-a', 't1'), result('t2'), ''];
    assert.equal(check(lines, 't2'), null);
    assert.equal(check(lines, 't'), null);
    assert.equal(check([], 't1'), null);
  });

  it('is not taken from a text that quotes a transcript', () => {
    const quoted = { type: 'text', text: line('claude-a', 't1'), id: 't1' };
    const assistant = JSON.stringify({
      type: 'assistant',
      message: { model: 'claude-b', content: [quoted] },
    });
    const user = JSON.stringify({ type: 'user', message: JSON.parse(line('claude-a', 't1')).message });
    assert.equal(check([assistant, user, ''], 't1'), null);
  });

  it('is found where the last line is half written', () => {
    const torn = line('claude-b', 't2').slice(0, -5);
    assert.equal(check([line('claude-a', 't1'), torn], 't1'), 'claude-a');
    assert.equal(check([line('claude-a', 't1'), torn], 't2'), null);
  });

  it('is not read from the line that the tail cuts', () => {
    const lines = [line('claude-a', 't1'), line('claude-b', 't2'), ''];
    assert.equal(check(lines, 't1', false), null);
    assert.equal(check(lines, 't2', false), 'claude-b');
  });

  it('is left out where it is no name', () => {
    for (const model of ['', 'a b', 'a\nb', 'a\u001b[31m', 'x'.repeat(201), 7, null, ['a'], { a: 1 }]) {
      assert.equal(check([line(model, 't1')], 't1'), null, JSON.stringify(model));
    }
    assert.equal(
      check([line('eu.anthropic.claude-sonnet-4-5:0', 't1')], 't1'),
      'eu.anthropic.claude-sonnet-4-5:0',
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.json(),
            fc.string(),
            fc.jsonValue().map((v) => JSON.stringify({ type: 'assistant', message: v, id: 't1' })),
          ),
        ),
        (lines) => {
          assert.equal(check([...lines, 't1'], 't1'), null);
        },
      ),
      { numRuns: 500 },
    );
  });

  describe('read from a file', () => {
    let folder = '';
    beforeEach(() => {
      folder = fs.mkdtempSync(path.join(os.tmpdir(), 'transcript-'));
    });
    afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));
    const at = (name: string): string => path.join(folder, name);

    it('is read from the last MiB only', () => {
      const filler = `${JSON.stringify({ type: 'user', text: 'ä'.repeat(500) })}\n`.repeat(1100);
      fs.writeFileSync(at('t.jsonl'), `${line('claude-a', 't1')}\n${filler}${line('claude-b', 't2')}\n`);
      assert.equal(modelOfCall(at('t.jsonl'), 't2'), 'claude-b');
      assert.equal(modelOfCall(at('t.jsonl'), 't1'), null);
    });

    it('is read through a symbolic link', () => {
      fs.writeFileSync(at('t.jsonl'), `${line('claude-a', 't1')}\n`);
      fs.symlinkSync(folder, at('link'));
      assert.equal(modelOfCall(path.join(at('link'), 't.jsonl'), 't1'), 'claude-a');
    });

    it('is not there where the file is none', function () {
      if (process.platform === 'win32') this.skip();
      execFileSync('mkfifo', [at('pipe')]);
      for (const file of [at('none'), folder, at('pipe'), '/dev/zero', '', 'a\0b']) {
        assert.equal(modelOfCall(file, 't1'), null, file);
        assert.equal(readTail(file, 1000), null, file);
      }
    });

    it('is not looked for in a file of which the end cannot be read', () => {
      fs.writeFileSync(at('hole'), '');
      fs.truncateSync(at('hole'), 2 ** 40);
      const started = performance.now();
      assert.equal(modelOfCall(at('hole'), 't1'), null);
      assert.ok(performance.now() - started < 500);
      assert.equal(readTail(at('hole'), 1000)?.bytes.length, 1000);
    });
  });
});
