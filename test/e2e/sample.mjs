// A sample repository in a temporary folder with a home of its own: a recorded session of a real agent is played in it,
// call by call, through the hooks that `hunkmark install` writes.
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const project = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const cli = join(project, 'dist', 'cli.js');
export const PERSONS_LINES = ['export function shout(name) {', '  return greet(name).toUpperCase();', '}'];

/** Said to the person as it stands. */
export class Problem extends Error {}

export function prepare() {
  if (Number(process.versions.node.split('.')[0]) < 20)
    throw new Problem(`Node 20 or newer is needed, this is ${process.versions.node}.`);
  if (spawnSync('git', ['--version']).status !== 0) throw new Problem('git is needed and was not found.');
  if (!existsSync(join(project, 'node_modules', '.package-lock.json'))) {
    console.log('Installing what the build needs (npm ci) …');
    must(
      'npm ci',
      spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
        cwd: project,
        encoding: 'utf8',
        shell: process.platform === 'win32',
      }),
    );
  }
  console.log('Building …');
  must('The build', spawnSync(process.execPath, ['esbuild.mjs'], { cwd: project, encoding: 'utf8' }));
}

export function makeSample() {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'hunkmark-sample-')));
  const sample = { root, repo: join(root, 'repo'), home: join(root, 'home'), env: {} };
  mkdirSync(sample.repo);
  mkdirSync(join(sample.home, '.config'), { recursive: true });
  const configuration = join(root, 'gitconfig');
  writeFileSync(configuration, '[user]\n\tname = Ana Diaz\n\temail = ana@example.com\n');
  const foreign = /^(GIT_|HUNKMARK|CLAUDE|AI_AGENT)/;
  const inherited = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  Object.assign(sample.env, Object.fromEntries(inherited), {
    HOME: sample.home,
    XDG_CONFIG_HOME: join(sample.home, '.config'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: configuration,
    GIT_EDITOR: 'true',
    NO_COLOR: '1',
  });
  return sample;
}

export function readCapture(name) {
  return JSON.parse(
    readFileSync(join(project, 'test', 'agents', 'captures', 'claude-code', `${name}.json`), 'utf8'),
  );
}

export function install(sample) {
  heading('A sample repository');
  git(sample, 'init', '--quiet', '--initial-branch=main');
  writeChanged(sample, readCapture('multiedit').calls[0].files, {});
  git(sample, 'add', '--all');
  git(sample, 'commit', '--quiet', '-m', 'Start');
  say(`${git(sample, 'ls-files').trim().split('\n').join(', ')}, committed before Hunkmark came.`);
  heading('hunkmark install --agents claude-code');
  say(hunkmark(sample, 'install', '--agents', 'claude-code'));
}

/** Writes the files as they were recorded, and between the calls runs what the agent's settings name. */
export function playSession(sample, capture) {
  heading(`A recorded session of ${capture.package}`);
  const file = join(sample.repo, '.claude', 'settings.local.json');
  if (!existsSync(file)) throw new Problem(`install wrote no ${file}.`);
  const { hooks } = JSON.parse(readFileSync(file, 'utf8'));
  let files = capture.calls[0].files;
  let personHasEdited = false;
  let run = 0;
  for (const call of capture.calls) {
    if (
      !personHasEdited &&
      call.event === 'PreToolUse' &&
      call.stdin.tool_input.file_path === '/repo/src/util.js' &&
      call.stdin.tool_name === 'Edit'
    ) {
      personEdits(sample);
      personHasEdited = true;
    }
    writeChanged(sample, call.files, files);
    files = call.files;
    writeTranscript(sample, call);
    for (const command of commandsFor(hooks, call)) {
      runHook(sample, call, command);
      run++;
    }
    if (call.event === 'PostToolUse' && call.stdin.tool_name === 'Edit') sayEdit(call.stdin.tool_input);
  }
  if (run === 0) throw new Problem(`${file} names no hook for any event of the session.`);
  say(`The agent's hooks ran ${run} times.`);
}

function sayEdit({ file_path, old_string, new_string }) {
  const shown = (text) => text.trim().split('\n').join(' ↵ ');
  say(`agent   ${file_path.replace('/repo/', '')}: ${shown(old_string)}  →  ${shown(new_string)}`);
}

function personEdits(sample) {
  appendFileSync(join(sample.repo, 'src/app.js'), `\n${PERSONS_LINES.join('\n')}\n`);
  say(
    `person  src/app.js: adds ${PERSONS_LINES[0].replace('export ', '').replace(' {', '')}, in an editor that tells Hunkmark nothing`,
  );
}

function writeChanged(sample, files, before) {
  for (const [name, text] of Object.entries(files)) {
    if (before[name] === text) continue;
    mkdirSync(dirname(join(sample.repo, name)), { recursive: true });
    writeFileSync(join(sample.repo, name), text);
  }
}

/** The agent's own log, which alone names the model: the line of the call, where the recording had seen one. */
function writeTranscript(sample, call) {
  const { transcript_path, tool_use_id, tool_name } = call.stdin;
  if (call.modelInTranscript === undefined) return;
  const file = inSample(sample, transcript_path);
  mkdirSync(dirname(file), { recursive: true });
  const content = [{ type: 'tool_use', id: tool_use_id, name: tool_name, input: {} }];
  appendFileSync(
    file,
    `${JSON.stringify({ type: 'assistant', message: { model: call.modelInTranscript, content } })}\n`,
  );
}

function commandsFor(hooks, { event, stdin }) {
  const groups = (hooks[event] ?? []).filter(
    ({ matcher }) => matcher === undefined || new RegExp(`^(?:${matcher})$`).test(stdin.tool_name ?? ''),
  );
  return groups.flatMap((group) => group.hooks.map(({ command }) => command));
}

function runHook(sample, call, command) {
  const env = {
    ...sample.env,
    ...Object.fromEntries(Object.entries(call.env).map(([name, value]) => [name, inSample(sample, value)])),
  };
  const input = JSON.stringify(call.stdin, (_, value) =>
    typeof value === 'string' ? inSample(sample, value) : value,
  );
  const result = spawnSync('sh', ['-c', command], { cwd: sample.repo, env, input, encoding: 'utf8' });
  must(`The hook for ${call.event}`, result);
  if (result.stderr !== '')
    throw new Problem(`the hook for ${call.event} complained: ${result.stderr.trim()}`);
}

/** The recording was made in `/repo`, of a user with the home `/home/user`. */
function inSample({ repo, home }, text) {
  return text
    .replaceAll('/repo/', `${repo}/`)
    .replace(/^\/repo$/, repo)
    .replaceAll('/home/user/', `${home}/`);
}

export function git(sample, ...args) {
  return must(
    `git ${args[0]}`,
    spawnSync('git', args, { cwd: sample.repo, env: sample.env, encoding: 'utf8', input: '' }),
  ).stdout;
}

export function hunkmark(sample, ...args) {
  const result = spawnSync(process.execPath, [cli, ...args], {
    cwd: sample.repo,
    env: sample.env,
    encoding: 'utf8',
    input: '',
  });
  return must(`hunkmark ${args.join(' ')}`, result).stdout;
}

export function must(what, result) {
  if (result.error) throw new Problem(`${what} could not be started: ${result.error.message}`);
  if (result.status !== 0)
    throw new Problem(
      `${what} ended with status ${result.status}.\n${result.stdout}${result.stderr}`.trimEnd(),
    );
  return result;
}

export function heading(text) {
  console.log(`\n── ${text}\n`);
}

export function say(text) {
  for (const line of text.trimEnd().split('\n')) console.log(`   ${line}`.trimEnd());
}
