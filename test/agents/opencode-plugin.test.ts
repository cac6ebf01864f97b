import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { pluginText } from '../../src/agents/opencode-plugin';

describe('our plugin in opencode', () => {
  let folder = '';
  beforeEach(() => {
    folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'plugin-')));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  /** Loads the plugin as opencode does, has it run these lines, and gives what the program was told. */
  function play(lines: string, node = process.execPath): { status: number | null; told: string[] } {
    const told = path.join(folder, 'told');
    const program = path.join(folder, 'hook.js');
    fs.writeFileSync(
      program,
      `const fs = require('node:fs'); fs.appendFileSync(${JSON.stringify(told)}, fs.readFileSync(0, 'utf8') + '\\n');`,
    );
    const plugin = path.join(folder, 'plugin.mjs');
    fs.writeFileSync(plugin, pluginText({ program, node, strict: false }, '# hunkmark'));
    const runner = `import { Hunkmark } from ${JSON.stringify(plugin)};
      const hooks = await Hunkmark({ directory: '/repo' });
      ${lines}`;
    const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', runner]);
    return { status, told: fs.existsSync(told) ? fs.readFileSync(told, 'utf8').trim().split('\n') : [] };
  }

  const write = `{ tool: 'write', sessionID: 's1', callID: 'c1' }, { args: { filePath: 'a.js', content: 'x' } }`;

  it('names the model that edits, not the one that finds a title meanwhile', () => {
    const { status, told } = play(`
      await hooks['chat.params']({ sessionID: 's1', agent: 'build', model: { id: 'large' } });
      await hooks['chat.params']({ sessionID: 's1', agent: 'title', model: { id: 'small' } });
      await hooks['chat.params']({ sessionID: 's1', agent: { name: 'compaction' }, model: { id: 'small' } });
      await hooks['tool.execute.before'](${write});`);
    assert.equal(status, 0);
    assert.deepEqual(
      told.map((line) => (JSON.parse(line) as { model: unknown }).model),
      [{ id: 'large' }],
    );
  });

  it('lets a tool run whose arguments it cannot say', () => {
    const { status, told } = play(`
      const args = { filePath: 'a.js', content: 1n };
      await hooks['tool.execute.before']({ tool: 'write', sessionID: 's1', callID: 'c1' }, { args });
      await hooks['tool.execute.after']({ tool: 'write', sessionID: 's1', callID: 'c1', args });`);
    assert.deepEqual({ status, told }, { status: 0, told: [] });
  });

  it('lets a tool run where Node is no program', () => {
    const { status } = play(`await hooks['tool.execute.before'](${write});`, '/etc/hostname');
    assert.equal(status, 0);
  });
});
