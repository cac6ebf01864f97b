#!/usr/bin/env node
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import type { PushSide } from '../app/check-push';
import { Refused } from '../app/refused';
import type { LogOptions } from './commands/log';
import { lostOutput, oneLine, printable, processHost, type Host } from './streams';

/** Put in by the bundler. */
declare const HUNKMARK_VERSION: string;

const OK = 0;
const USAGE = 2;
const BROKEN = 3;

const PROGRAMS = { hookProgram: path.join(__dirname, 'hook.js'), nodePath: process.execPath };

// Each command brings in only what it needs itself: a start of the program is most of what a small answer costs.
const COMMANDS = {
  ack: async () => await import('./commands/ack.js'),
  amend: async () => await import('./commands/amend.js'),
  blame: async () => await import('./commands/blame.js'),
  check: async () => await import('./commands/check.js'),
  doctor: async () => await import('./commands/doctor.js'),
  hooks: async () => await import('./hook-commands.js'),
  install: async () => await import('./commands/install.js'),
  log: async () => await import('./commands/log.js'),
  mark: async () => await import('./commands/mark.js'),
  show: async () => await import('./commands/show.js'),
  squash: async () => await import('./commands/squash-message.js'),
  status: async () => await import('./commands/status.js'),
  tier: async () => await import('./commands/tier.js'),
};

/** Runs one command line and returns the exit status. */
async function main(host: Host, args: readonly string[]): Promise<number> {
  try {
    return await run(host, args);
  } catch (error) {
    return isCalledByHook(args) ? toleratedStatus(host, error) : statusOf(host, error);
  }
}

/** An error of ours must not stop an agent (2 would deny its edit) or a commit. */
function isCalledByHook(args: readonly string[]): boolean {
  return args.includes('record') || (args.includes('stamp') && args.includes('--hook'));
}

function toleratedStatus(host: Host, error: unknown): number {
  const status = statusOf(host, error);
  if (status !== OK) host.stderr('hunkmark: nothing was recorded\n');
  return OK;
}

function statusOf(host: Host, error: unknown): number {
  // Commander has told what was wrong with the arguments already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? OK : USAGE;
  host.stderr(`hunkmark: ${oneLine(error instanceof Error ? error.message : String(error))}\n`);
  return error instanceof Refused ? USAGE : BROKEN;
}

interface Global {
  readonly C: readonly string[];
  readonly json: boolean;
}

interface Installing {
  readonly agents?: string;
  readonly user?: boolean;
  readonly strict?: boolean;
}

interface CheckingOptions {
  readonly base?: string;
  readonly asOf?: string;
  readonly format?: string;
  readonly staged?: boolean;
  readonly preReceive?: boolean;
  readonly prePush?: string;
}

async function run(host: Host, args: readonly string[]): Promise<number> {
  let status = OK;
  const program = new Command('hunkmark');
  const act =
    <A extends unknown[]>(work: (at: Host, ...rest: A) => Promise<number>) =>
    async (...rest: A): Promise<void> => {
      status = await work(hostAt(host, program.opts<Global>().C), ...rest);
    };
  const asJson = (): boolean => program.opts<Global>().json;
  const noJson = (command: string): void => {
    if (asJson()) throw new Refused(`${command} has no --json`);
  };

  program
    .description('Knows which hunks an AI wrote, says so in the commit, and lets anyone verify it.')
    .version(HUNKMARK_VERSION, '--version')
    .option('-C <dir>', 'run as if started there', collect, [])
    .option('--json', 'answer in JSON', false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => host.stdout(printable(text)),
      writeErr: (text) => host.stderr(printable(text)),
      outputError: (text, write) => write(text.replace(/^error: /, 'hunkmark: ')),
    })
    .showSuggestionAfterError(false);

  program
    .command('show')
    .description('the provenance of a commit, every range with its verdict')
    .argument('[commit]', 'any revision', 'HEAD')
    .action(act(async (at, commit: string) => (await COMMANDS.show()).showCommand(at, commit, asJson())));
  program
    .command('blame')
    .description('every line of a file with its origin; without a revision the working tree')
    .argument('<path>')
    .argument('[rev]')
    .action(
      act(async (at, file: string, rev?: string) =>
        (await COMMANDS.blame()).blameCommand(at, file, rev ?? null, asJson()),
      ),
    );
  program
    .command('check')
    .description('judge commits by the policy of their target')
    .argument(
      '[range]',
      'A..B or A...B: what B has and A has not; a revision: all of it; without one, what the forge or the branch says',
    )
    .option('--base <rev>', 'the target, whose policy judges')
    .option('--as-of <day>', 'judge as on this day (YYYY-MM-DD, UTC)')
    .option('--format <name>', 'text, json, sarif, github or markdown')
    .option('--staged', 'judge what is staged, as the commit will be')
    .option('--pre-receive', 'in the hook of that name: judge what is pushed')
    .addOption(new Option('--pre-push <remote>', 'what the hook of that name calls').hideHelp())
    .action(
      act(async (at, range: string | undefined, options: CheckingOptions) => {
        const { checkCommand, checkPushCommand, checkStagedCommand } = await COMMANDS.check();
        const side = pushSide(options);
        const isNamed = range !== undefined || options.base !== undefined;
        if (options.staged === true) {
          if (side || isNamed)
            throw new Refused('what is staged is judged by the policy at HEAD; name nothing else');
          return await checkStagedCommand(at, HUNKMARK_VERSION, options, asJson());
        }
        if (side && isNamed) throw new Refused('what is pushed says itself what is judged and by what');
        if (side) return await checkPushCommand(at, HUNKMARK_VERSION, side, options, asJson());
        return await checkCommand(at, HUNKMARK_VERSION, range ?? null, options, asJson());
      }),
    );
  program
    .command('log')
    .description('every commit that touches a system of the policy')
    .argument('[range]', 'as git log takes it', 'HEAD')
    .option('--tier <n>', 'only those that touch a system of this tier')
    .option('--since <day>', 'committed on this day or later (YYYY-MM-DD, UTC)')
    .option('--until <day>', 'committed on this day or earlier')
    .option('--format <name>', 'text, jsonl, csv or markdown')
    .action(
      act(async (at, range: string, options: LogOptions) =>
        (await COMMANDS.log()).logCommand(at, range, options, asJson()),
      ),
    );
  program
    .command('squash-message')
    .description('the trailers that a squash of a range must carry')
    .argument('[range]', 'such as origin/main..HEAD; without one, what the forge or the branch says')
    .action(
      act(async (at, range?: string) =>
        (await COMMANDS.squash()).squashMessageCommand(at, range ?? null, asJson()),
      ),
    );
  program
    .command('status')
    .description('AI hunks that are not committed yet, staged and unstaged')
    .option('--trailers', 'print exactly the trailers that the next commit would get')
    .action(
      act(async (at, { trailers }: { trailers?: boolean }) => {
        const { statusCommand, trailersCommand } = await COMMANDS.status();
        if (trailers !== true) return await statusCommand(at, asJson());
        noJson('status --trailers');
        return await trailersCommand(at);
      }),
    );
  program
    .command('tier')
    .description('systems, tier, owners and rules of a path, and why')
    .usage('PATH… [--at REV] | --propose')
    .argument('[paths...]')
    .option('--at <rev>', 'by the policy of a commit; without it, of the working tree')
    .option('--propose', 'print a first policy, from CODEOWNERS and catalog files, without tiers')
    .action(
      act(async (at, paths: string[], options: TierOptions) => await tier(at, paths, options, asJson())),
    );
  program
    .command('ack')
    .description('acknowledge AI lines that you have looked at, staged or in the last commit')
    .usage('[PATH[:START-END]… | HEAD | --allow PATH]')
    .argument('[paths...]')
    .option('--allow <path>', 'let an agent write there once, as long as the file is as it is now')
    .option('--reason <text>', 'why; kept in this repository, written into no commit')
    .action(
      act(async (at, paths: string[], options: { allow?: string; reason?: string }) => {
        noJson('ack');
        const { ackCommand, allowCommand } = await COMMANDS.ack();
        if (options.allow === undefined) return await ackCommand(at, paths, options.reason ?? null);
        if (paths.length > 0 || options.reason !== undefined)
          throw new Refused('--allow is given alone, with the one path');
        return allowCommand(at, options.allow);
      }),
    );
  program
    .command('mark')
    .description('say where lines came from that are not committed yet')
    .usage('PATH:START-END --as ai|human [--agent A]')
    .argument('<lines>')
    .option('--as <class>', 'ai or human')
    .option('--agent <name>', 'with --as ai: which agent, as trailers name it')
    .action(
      act(async (at, lines: string, options: { as?: string; agent?: string }) => {
        noJson('mark');
        return await (await COMMANDS.mark()).markCommand(at, lines, options.as, options.agent ?? null);
      }),
    );
  program
    .command('stamp')
    .description('write the trailers of a commit; called by the hooks of git')
    .usage('--hook NAME FILE [SOURCE [COMMIT]] | --amend')
    .argument('[file]')
    .argument('[source]')
    .argument('[commit]')
    .option('--hook <name>', 'the hook of git that calls')
    .option('--amend', 'repair the trailers of the last commit')
    .action(act(stampOrAmend));
  program
    .command('record')
    .description('take note of what an agent does; called by the hooks of agents')
    .argument('<agent>')
    .argument('<event>')
    .action(
      act(async (at, agent: string, event: string) =>
        (await COMMANDS.hooks()).recordCommand(at, agent, event),
      ),
    );
  program
    .command('install')
    .description('put Hunkmark into the hooks of git here, and into those of agents')
    .option('--agents <names>', 'also hooks of coding agents: all, or names with commas between them')
    .option('--user', "with --agents: the agents' settings for every repository")
    .option('--strict', 'with --agents: an edit that cannot be recorded does not go through')
    .option('--pre-push', 'check what is pushed')
    .action(
      act(async (at, options: Installing & { prePush?: boolean }) => {
        noJson('install');
        const { agents, strict = false } = options;
        const wanted = agentOptions(options);
        if (agents === undefined && strict) throw new Refused('--strict goes with --agents');
        const { installCommand } = await COMMANDS.install();
        const programs = { ...PROGRAMS, prePush: options.prePush === true };
        return await installCommand(at, programs, wanted && { ...wanted, strict });
      }),
    );
  program
    .command('doctor')
    .description('is it working here, and what to do where not')
    .action(
      act(async (at) => (await COMMANDS.doctor()).doctorCommand(at, HUNKMARK_VERSION, PROGRAMS, asJson())),
    );
  program
    .command('uninstall')
    .description('take out exactly what install put in')
    .option('--agents <names>', 'only hooks of coding agents: all, or names with commas between them')
    .option('--user', "with --agents: the agents' settings for every repository")
    .option('--all', 'in every repository it was put into on this machine')
    .action(
      act(async (at, options: Installing & { all?: boolean }) => {
        noJson('uninstall');
        const wanted = agentOptions(options);
        const { uninstallAllCommand, uninstallCommand } = await COMMANDS.install();
        if (options.all !== true) return await uninstallCommand(at, wanted);
        if (wanted) throw new Refused('--all takes everything out; leave --agents away');
        return await uninstallAllCommand(at);
      }),
    );
  await program.parseAsync(args, { from: 'user' });
  return status;
}

interface TierOptions {
  readonly at?: string;
  readonly propose?: boolean;
}

async function tier(
  host: Host,
  paths: readonly string[],
  options: TierOptions,
  asJson: boolean,
): Promise<number> {
  const { tierCommand, proposeCommand } = await COMMANDS.tier();
  const { at = null, propose = false } = options;
  if (propose && paths.length === 0 && at === null && !asJson) return await proposeCommand(host);
  if (!propose && paths.length > 0) return await tierCommand(host, paths, at, asJson);
  throw new Refused('usage: tier PATH… [--at REV] [--json], or tier --propose');
}

function pushSide({ preReceive, prePush }: CheckingOptions): PushSide | null {
  if (prePush !== undefined) return { kind: 'send', remote: prePush };
  return preReceive === true ? { kind: 'receive' } : null;
}

function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}

/** As git does: each `-C` is relative to the one before it. */
function hostAt(host: Host, folders: readonly string[]): Host {
  const cwd = folders.reduce((at, folder) => path.resolve(at, folder), host.cwd);
  if (!fs.statSync(cwd, { throwIfNoEntry: false })?.isDirectory())
    throw new Refused(`cannot change to ${cwd}: there is no such folder`);
  return { ...host, cwd };
}

function agentOptions({ agents, user = false }: Installing): { agents: string; user: boolean } | null {
  if (agents === undefined && user) throw new Refused('--user goes with --agents');
  return agents === undefined ? null : { agents, user };
}

async function stampOrAmend(
  host: Host,
  file: string | undefined,
  _source: string | undefined,
  _commit: string | undefined,
  { hook, amend }: { hook?: string; amend?: boolean },
): Promise<number> {
  if (hook !== undefined && file !== undefined && amend !== true)
    return await (await COMMANDS.hooks()).stampCommand(host, hook, file);
  if (amend === true && hook === undefined && file === undefined)
    return await (await COMMANDS.amend()).amendCommand(host);
  throw new Refused('usage: stamp --hook NAME FILE [SOURCE [COMMIT]], or stamp --amend');
}

const host = processHost();
const args = process.argv.slice(2);
void main(host, args).then((status) => {
  process.stdout.on('error', () => {});
  process.stdout.write('', () => process.exit(statusAfterOutput(status)));
});

function statusAfterOutput(status: number): number {
  const lost = lostOutput(process.stdout);
  if (lost === null) return status;
  host.stderr(`hunkmark: the answer could not be written: ${lost}\n`);
  return isCalledByHook(args) ? status : BROKEN;
}
