import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { claudeAddsCoAuthor } from '../../src/agents/claude-co-author';

describe('agents/claude-co-author', () => {
  const check = (settings: string | null, expected: boolean): void => {
    const home = fs.mkdtempSync(path.join(os.tmpdir(), 'home-'));
    fs.mkdirSync(path.join(home, '.claude'));
    if (settings !== null) fs.writeFileSync(path.join(home, '.claude', 'settings.json'), settings);
    assert.equal(claudeAddsCoAuthor(path.join(home, '.claude')), expected, settings ?? 'no settings');
    fs.rmSync(home, { recursive: true });
  };

  it('adds a line unless its settings say no', () => {
    check(null, true);
    check('{}', true);
    check('{"includeCoAuthoredBy": true}', true);
    check('{"includeCoAuthoredBy": false}', false);
  });

  it('is not spoken of where it is not used, or cannot be read', () => {
    check('not json', false);
    assert.equal(claudeAddsCoAuthor(path.join(os.tmpdir(), 'no-such-home')), false);
  });
});
