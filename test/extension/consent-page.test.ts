import assert from 'node:assert/strict';
import { consentPage, parseChoice, type ConsentPage } from '../../src/extension/views/text/consent-page';
import { english as t } from '../support/translate';

const BARE = 'fix: <b>&\n\nAI-Hunks are nice\n';

const PAGE: ConsentPage = {
  repository: 'shop',
  example: {
    kind: 'commit',
    preview: {
      commit: '0123456789abcdef0123456789abcdef01234567',
      message: BARE,
      summary: `${BARE}\nAI-Provenance: v1 s\n`,
      hunks: `${BARE}\nAI-Provenance: v1 h\nAI-Hunk: a\n +1\n`,
      full: `${BARE}\nAI-Provenance: v1 f\n`,
    },
  },
  detail: 'hunks',
  neighbours: [],
  installed: false,
  language: 'en',
  nonce: 'n0nce',
  cspSource: 'https://media.example',
  style: 'https://media.example/consent.css',
  script: 'https://media.example/consent.js',
};

describe('the consent page', () => {
  it('shows the last commit in each detail, and of those the one that is chosen', () => {
    const html = consentPage(t, PAGE);
    const texts = [
      ...html.matchAll(/<pre tabindex="0" data-detail="(\w+)"( hidden)? aria-label="[^"]+">([^]*?)<\/pre>/g),
    ];
    assert.deepEqual(
      texts.map(([, detail, hidden]) => [detail, hidden === undefined]),
      [
        ['summary', false],
        ['hunks', true],
        ['full', false],
      ],
    );
    assert.equal(
      texts[1]?.[3],
      'fix: &#60;b&#62;&#38;\n\nAI-Hunks are nice\n\n<ins>AI-Provenance: v1 h</ins>\n<ins>AI-Hunk: a</ins>\n<ins> +1</ins>',
    );
    assert.match(html, /value="hunks" checked/);
  });

  it('says that the example is one', () =>
    assert.match(
      consentPage(t, PAGE),
      /This is 0123456789 as if an agent had written every line it adds: an example, true of nobody\./,
    ));

  it('says what is written, what never happens, and how to take it back here and everywhere', () => {
    const html = consentPage(t, PAGE);
    for (const said of [
      'prepare-commit-msg and commit-msg',
      'The folder hunkmark in the git directory',
      'no network, no telemetry',
      'No prompts and no code',
      'Hunkmark: Remove from This Repository',
      'Hunkmark: Remove from Every Repository on This Machine',
    ]) {
      assert.ok(html.includes(said), said);
    }
  });

  it('lets no script run but its own and nothing load from elsewhere', () => {
    const html = consentPage(t, PAGE);
    assert.ok(
      html.includes(
        'content="default-src &#39;none&#39;; style-src https://media.example; script-src &#39;nonce-n0nce&#39;"',
      ),
    );
    assert.equal(html.match(/<script/g)?.length, 1);
    assert.match(html, /<script nonce="n0nce" src="https:\/\/media\.example\/consent\.js"><\/script>/);
    assert.doesNotMatch(html, / on\w+=| style=|javascript:/);
  });

  it('shows what comes from the repository as text', () => {
    const evil = '</pre><script>x</script>"\'\u202E';
    const html = consentPage(t, {
      ...PAGE,
      repository: evil,
      neighbours: [evil],
      example: {
        kind: 'commit',
        preview: { commit: evil, message: evil, summary: evil, hunks: evil, full: evil },
      },
    });
    assert.equal(html.match(/<script/g)?.length, 1);
    assert.equal(html.match(/<pre/g)?.length, html.match(/<\/pre>/g)?.length);
    assert.ok(!html.includes('\u202E'));
  });

  it('does without an example where there is no commit, or it cannot be read', () => {
    assert.match(
      consentPage(t, { ...PAGE, example: { kind: 'none' } }),
      /There is no commit in this repository yet/,
    );
    assert.match(
      consentPage(t, { ...PAGE, example: { kind: 'failed' } }),
      /The last commit could not be read/,
    );
  });

  it('offers three ways on, by buttons', () => {
    const choices = (html: string): string[] =>
      [...html.matchAll(/data-choice="(\w+)">([^<]+)</g)].map(([, choice, text]) => `${choice}: ${text}`);
    assert.deepEqual(choices(consentPage(t, PAGE)), [
      'use: Use It Here',
      'decline: Not Here',
      'later: Later',
    ]);
    assert.deepEqual(choices(consentPage(t, { ...PAGE, installed: true })), [
      'use: Use This Detail Here',
      'decline: Remove It from Here',
      'later: Later',
    ]);
  });

  it('believes only what it can have said', () => {
    assert.deepEqual(parseChoice({ choice: 'use', detail: 'full' }), { choice: 'use', detail: 'full' });
    assert.deepEqual(parseChoice({ choice: 'later', detail: 'full' }), { choice: 'later' });
    for (const other of [
      null,
      'use',
      {},
      { choice: 'use' },
      { choice: 'use', detail: 'all' },
      { choice: 'install' },
    ]) {
      assert.equal(parseChoice(other), null);
    }
  });
});
