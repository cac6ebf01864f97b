import assert from 'node:assert/strict';
import * as path from 'node:path';
import { installHooks } from '../../src/app/install';
import { scratchRepo, type ScratchRepo } from '../support/scratch-repo';

// The payloads are from the examples of Cursor's documentation; no recording of Cursor is at hand.

const FILE = 'src/total.js';
const TEXT = 'export function total(items) {\n  return items.length;\n}\n';
const ADDED = 'export const average = (items) => total(items) / items.length;\n';
const POLICY = `version: 1
systems: { pay: { tier: 1, paths: ['pay/**'] } }
tiers: { 1: { agents: ask } }
`;

describe('Cursor, from its documentation', function () {
  this.timeout(120_000);
  let repo: ScratchRepo;
  beforeEach(async () => {
    repo = scratchRepo();
    repo.write('.hunkmark.yml', POLICY);
    repo.write(FILE, TEXT);
    repo.git('add', '--all');
    repo.git('commit', '--quiet', '-m', 'start');
    const options = { hookProgram: path.resolve('dist/hook.js'), nodePath: process.execPath };
    await installHooks({ repositoryDir: repo.dir, ...options });
  });
  afterEach(() => repo.dispose());

  const tell = (event: string, payload: object, said = /^$/): string => {
    const program = path.join(repo.dir, '.git/hunkmark/hook.js');
    const stdin = JSON.stringify({
      conversation_id: 'c-1',
      generation_id: 'g-1',
      model: 'claude-sonnet-4',
      hook_event_name: event,
      cursor_version: '2.0.77',
      workspace_roots: [repo.dir],
      user_email: null,
      transcript_path: null,
      ...payload,
    });
    const run = repo.run(process.execPath, [program, 'record', 'cursor', event], {
      stdin,
      cwd: repo.root,
    });
    assert.equal(run.status, 0);
    assert.match(run.stderr, said);
    return run.stdout;
  };
  const at = (file: string): string => path.join(repo.dir, file);
  const edited = (file: string, edits: readonly object[], said?: RegExp): string =>
    tell('afterFileEdit', { file_path: at(file), edits }, said);
  const commit = (): string[] => {
    repo.git('add', '--all');
    repo.git('commit', '--quiet', '--allow-empty', '-m', 'feat: a step');
    return repo
      .git('log', '-1', '--format=%(trailers:key=AI-Hunk,valueonly,unfold)%(trailers:key=Assisted-by,unfold)')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.replace(/:[0-9a-f]{8}/g, ''));
  };

  it('an edit by the agent, with its model', () => {
    repo.write(FILE, `// a person wrote this line\n${TEXT}${ADDED}`);
    assert.equal(edited(FILE, [{ old_string: '}\n', new_string: `}\n${ADDED}` }]), '');
    assert.deepEqual(commit(), [`${FILE} +5,1 ai agent cursor`, 'Assisted-by: cursor:claude-sonnet-4']);
  });

  it('a file written anew, whose text before was seen', () => {
    repo.write(FILE, `${TEXT}// a person wrote this line\n`);
    const write = { tool_name: 'Write', tool_input: { file_path: at(FILE) }, tool_use_id: 'abc123' };
    assert.equal(tell('preToolUse', { ...write, cwd: repo.dir }), '');
    const text = `${TEXT}// a person wrote this line\n${ADDED}`;
    repo.write(FILE, text);
    edited(FILE, [{ old_string: '', new_string: text }]);
    assert.deepEqual(commit(), [`${FILE} +5,1 ai agent cursor`, 'Assisted-by: cursor:claude-sonnet-4']);
  });

  it('a file written anew, after it was denied once and a person has written', () => {
    const write = { tool_name: 'Write', tool_input: { file_path: at(FILE) }, tool_use_id: 'abc123' };
    tell('preToolUse', { ...write, cwd: repo.dir });
    repo.write(FILE, `${TEXT}// a person wrote this line\n`);
    tell('preToolUse', { ...write, tool_use_id: 'abc124', cwd: repo.dir });
    const text = `${TEXT}// a person wrote this line\n${ADDED}`;
    repo.write(FILE, text);
    edited(FILE, [{ old_string: '', new_string: text }]);
    assert.deepEqual(commit(), [`${FILE} +5,1 ai agent cursor`, 'Assisted-by: cursor:claude-sonnet-4']);
  });

  it('a file written anew, whose text before was not seen: nobody’s', () => {
    const text = `${TEXT}// a person wrote this line\n${ADDED}`;
    repo.write(FILE, text);
    edited(FILE, [{ old_string: '', new_string: text }], /^hunkmark: .* was not recorded: it was not seen/);
    assert.deepEqual(commit(), []);
  });

  const tab = (): object => ({
    file_path: at(FILE),
    edits: [
      {
        old_string: '',
        new_string: ' ?? 0',
        range: { start_line_number: 2, start_column: 22, end_line_number: 2, end_column: 22 },
        old_line: '  return items.length;',
        new_line: '  return items.length ?? 0;',
      },
    ],
  });
  const completed = TEXT.replace('length;', 'length ?? 0;');
  const COMPLETED = [
    `${FILE} +2,1 mixed completion cursor`,
    `${FILE} -2,1 ai completion cursor`,
    'Assisted-by: cursor',
  ];

  it('a completion that is saved', () => {
    repo.write(FILE, completed);
    assert.equal(tell('afterTabFileEdit', tab()), '');
    assert.deepEqual(commit(), COMPLETED);
  });

  it('a completion that is saved later', () => {
    assert.equal(tell('afterTabFileEdit', tab()), '');
    repo.write(FILE, completed);
    assert.deepEqual(commit(), COMPLETED);
  });

  it('a question is a denial, for it knows no other', () => {
    const write = { tool_name: 'Write', tool_input: { file_path: at('pay/charge.js') }, tool_use_id: 'x' };
    const answer = JSON.parse(tell('preToolUse', write)) as Record<string, string>;
    assert.equal(answer['permission'], 'deny');
    assert.equal(answer['decision'], 'deny');
    assert.match(answer['agent_message'] ?? '', /pay\/charge\.js/);
    assert.equal(answer['reason'], answer['user_message']);
  });

  it('a shell command', () => {
    const shell = { tool_name: 'Shell', tool_input: { command: 'make' }, tool_use_id: 's1', cwd: repo.dir };
    tell('preToolUse', shell);
    repo.write('pay/charge.js', 'charge(amount, currency);\n');
    tell('postToolUse', { ...shell, tool_output: '', duration: 5 });
    assert.deepEqual(commit(), ['pay/charge.js +1,1 ai shell cursor', 'Assisted-by: cursor:claude-sonnet-4']);
  });
});
