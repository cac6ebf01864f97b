// `npm run test:desktop`: a few tests in the extension host of a desktop VS Code, in the oldest version that package.json
// allows and in the newest. Both are downloaded into .work/desktop; where that cannot be, it says so and fails.
import { downloadAndUnzipVSCode, runTests, SilentReporter } from '@vscode/test-electron';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const oldest = /\d+\.\d+\.\d+/.exec(engines.vscode)[0];
const DOWNLOAD_MS = 15_000;

for (const version of [oldest, 'stable']) {
  try {
    await test(version);
    console.log(`ok     VS Code ${version}`);
  } catch (error) {
    console.log(`FAILED VS Code ${version}: ${error.message}`);
    process.exitCode = 1;
  }
}

async function test(version) {
  const vscodeExecutablePath = await download(version);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'hunkmark-desktop-')));
  try {
    const repo = makeRepository(folder);
    await runTests({
      vscodeExecutablePath,
      extensionDevelopmentPath: root,
      extensionTestsPath: join(root, 'out', 'test', 'desktop', 'suite.js'),
      launchArgs: [
        repo,
        '--disable-extensions',
        '--disable-workspace-trust',
        '--user-data-dir',
        join(folder, 'user'),
      ],
    });
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function download(version) {
  const cachePath = join(root, '.work', 'desktop');
  try {
    return await downloadAndUnzipVSCode({
      version,
      cachePath,
      timeout: DOWNLOAD_MS,
      reporter: new SilentReporter(),
    });
  } catch (error) {
    const why = error.cause?.message ?? error.message ?? error.code ?? 'no reason given';
    throw new Error(`it cannot be downloaded on this machine (${why}).`, { cause: error });
  }
}

function makeRepository(folder) {
  const git = (...args) => execFileSync('git', args, { cwd: folder, stdio: 'pipe' });
  git('init', '--quiet', 'repo');
  const repo = join(folder, 'repo');
  writeFileSync(join(repo, 'a.js'), 'const a = 1;\n');
  git('-C', repo, 'add', '--all');
  git('-C', repo, '-c', 'user.name=T', '-c', 'user.email=t@example.com', 'commit', '--quiet', '-m', 'Start');
  return repo;
}
