import assert from 'node:assert/strict';
import { bench, digest, golden, type Bench } from './bench';

const PATH = 'src/pay/charge.ts';
const BASE = 'import { send } from "./send";\n\nexport function charge(order) {\n  return send(order);\n}\n';

describe('hunkmark show', function () {
  this.timeout(60_000);
  let at: Bench;
  beforeEach(() => {
    at = bench();
    at.repo.write(PATH, BASE);
    at.repo.git('add', '.');
    at.commit('start');
  });
  afterEach(() => at.repo.dispose());

  function write(text: string, message: string, ...args: string[]): string {
    at.repo.write(PATH, text);
    at.repo.git('add', '.');
    return at.commit(message, ...args);
  }
  const counts = (ai: number, human: number, hunks: number, more = ''): string =>
    `AI-Provenance: v1 ai=${ai} mixed=0 human=${human} unknown=0 ai-deleted=0 hunks=${hunks} listed=${hunks}${more}`;

  it('says what an agent added and deleted, as the hooks have recorded it', () => {
    at.install();
    at.agent(PATH, '  return send(order);\n', '  const receipt = await send(order);\n  return receipt.id;\n');
    at.repo.git('add', '.');
    at.commit('feat(pay): return the receipt');
    golden('show', at.ok('show'));
    golden('show-json', at.ok('show', '--json'));
  });

  it('gives every range its verdict', () => {
    const [first, second] = [
      'const retries = limitOf(order);\n',
      'const spare = reserveFor(order, retries);\n',
    ];
    const text = `${BASE}${first}${second}`;
    const range = (place: string, of: string): string =>
      `AI-Hunk: ${PATH} ${place}:${digest(of)} ai agent claude-code`;
    const block = [
      counts(4, 0, 6),
      'Assisted-by: claude-code:claude-opus-4-5',
      range('+6,1', first),
      range('+1,1', second),
      range('+7,1', 'something else\n'),
      range('+70,3', first),
      `AI-Hunk: ${PATH} +6,x:12345678 ai agent claude-code`,
      'AI-Hunk: src/%zz +6,1:12345678 ai',
    ];
    const buried = `squashed:\n\n    ${counts(1, 0, 1)}\n    ${range('+1,1', 'gone\n')}\n`;
    write(text, `feat: two lines\n\n${buried}\n${block.join('\n')}\n`);
    golden('show-verdicts', at.ok('show'));
    const { ranges } = at.json('show');
    assert.deepEqual(
      ranges.map((range: { verdict: string; source: string }) => `${range.verdict} ${range.source}`),
      [
        'exact block',
        'moved block',
        'stale block',
        'invalid block',
        'stale body',
        'invalid block',
        'invalid block',
      ],
    );
    assert.deepEqual(ranges[1].at, { path: PATH, start: 7 });
    assert.deepEqual(ranges[6], {
      path: '',
      side: '+',
      start: 0,
      count: 0,
      digest: '',
      class: 'unknown',
      via: null,
      agent: null,
      model: null,
      verdict: 'invalid',
      at: null,
      source: 'block',
    });
  });

  it('is calm about a commit that nothing is recorded of', () => {
    golden('show-untracked', at.ok('show', 'HEAD'));
    golden('show-untracked-json', at.ok('show', 'HEAD', '--json'));
  });

  it('takes a commit by its parts where a squash has buried them', () => {
    const line = 'const buried = recover(order);\n';
    write(
      BASE + line,
      `squash\n\n* one\n\n  ${counts(1, 0, 1)}\n  AI-Hunk: ${PATH} +6,1:${digest(line)} ai agent codex\n\nThe end.\n`,
    );
    const shown = at.json('show');
    assert.equal(shown.tracked, 'parts');
    assert.equal(shown.provenance, null);
    assert.equal(shown.ranges[0].source, 'body');
    golden('show-parts', at.ok('show'));
  });

  it('holds an acknowledgement against the ranges and the committer', () => {
    const line = 'const acknowledged = yes(order);\n';
    const ack = (email: string, numbers = '1/1'): string =>
      `AI-Ack: ${numbers}:${digest(`${digest(line)}\n`)} Ana <${email}>\nAI-Tier: 1 checkout\nAI-Policy: 4f1c9a7be210\nAI-Override: INC-1234 restore checkout`;
    const message = (trailer: string): string =>
      `feat: x\n\n${counts(1, 0, 1)}\nAI-Hunk: ${PATH} +6,1:${digest(line)} ai\n${trailer}\n`;
    write(BASE + line, message(ack('scratch@example.com')));
    const shown = at.json('show');
    assert.deepEqual(shown.ack, {
      acknowledged: 1,
      required: 1,
      by: 'Ana <scratch@example.com>',
      valid: true,
    });
    assert.deepEqual(shown.tiers, [{ tier: 1, system: 'checkout' }]);
    assert.equal(shown.policy, '4f1c9a7be210');
    assert.equal(shown.override, 'INC-1234 restore checkout');
    golden('show-ack', at.ok('show'));
    at.commit(message(ack('other@example.com')), '--amend');
    assert.equal(at.json('show').ack.valid, false);
    at.commit(message(ack('scratch@example.com', '0/1')), '--amend');
    assert.equal(at.json('show').ack.valid, false);
    at.commit(message(ack('scratch@example.com', '2/2')), '--amend');
    assert.equal(at.json('show').ack.valid, false);
    write(`${BASE}const changed = 1;\n`, message(ack('scratch@example.com')), '--amend');
    assert.equal(at.json('show').ack.valid, false);
  });

  it('reads the subject in the encoding that the commit names', () => {
    at.repo.git('config', 'i18n.commitEncoding', 'ISO-8859-1');
    at.repo.write('message', Buffer.from('caf\xe9 au lait\n', 'latin1'));
    at.repo.git('commit', '--quiet', '--allow-empty', '-F', 'message');
    assert.match(at.ok('show'), /^ {4}café au lait$/m);
  });

  it('shows no control character of a subject, a path or a system', () => {
    const name = 'a\u001b[31m\n\u202eb\u0085 é.txt';
    at.repo.write(name, 'const strange = path(1);\n');
    at.repo.git('add', '.');
    const encoded = 'a%1B[31m%0A%E2%80%AEb%C2%85%20%C3%A9.txt';
    at.commit(
      `\u001b]0;evil\u0007 subject\n\n${counts(1, 0, 1)}\nAI-Hunk: ${encoded} +1,1:${digest('const strange = path(1);\n')} ai\nAI-Tier: 1 e\u202evil\n`,
    );
    const [text, json] = [at.ok('show'), at.ok('show', '--json')];
    golden('show-controls', text);
    // eslint-disable-next-line no-control-regex
    assert.doesNotMatch(text + json.trimEnd(), /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    assert.equal(JSON.parse(json).ranges[0].path, name);
    assert.equal(JSON.parse(json).ranges[0].verdict, 'exact');
  });

  it('says where a shallow history ends', () => {
    write(`${BASE}const x = 1;\n`, `feat: x\n\n${counts(1, 0, 1)}\n`);
    at.repo.git('clone', '--quiet', '--depth', '1', `file://${at.repo.dir}`, '../shallow');
    at.refuses(2, /^hunkmark: the history ends at [0-9a-f]{40}: .*--deepen=1/, '-C', '../shallow', 'show');
  });

  it('notes that the history has trailers where Hunkmark is installed', () => {
    const has = (): boolean => at.repo.run('test', ['-e', '.git/hunkmark/tracked']).status === 0;
    at.install();
    assert.equal(has(), false);
    at.repo.git('commit', '--quiet', '--no-verify', '--allow-empty', '-m', `x\n\n${counts(0, 0, 0)}`);
    at.repo.git('config', 'core.hooksPath', '/dev/null');
    at.ok('show', 'HEAD~1');
    assert.equal(has(), false);
    at.ok('show');
    assert.equal(has(), true);
  });
});
