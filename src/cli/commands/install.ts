import { agentNames, installAgentHooks, uninstallAgentHooks } from '../../app/agent-hooks';
import { takeOutEverywhere } from '../../app/installation';
import type { AgentReport } from '../../app/install-agents';
import { formatInstallReport, installHooks, uninstallHooks, type InstallReport } from '../../app/install';
import { oneLine, printable, type Host } from '../streams';

/** The programs that hooks are to run. */
export interface Programs {
  readonly hookProgram: string;
  readonly nodePath: string;
  /** Also the hook that checks what is pushed. */
  readonly prePush?: boolean;
}

/** Agents as the options name them; null: only the hooks of git. */
export interface AgentOptions {
  readonly agents: string;
  readonly user: boolean;
}

/** `install`: the hooks of git here, then those of the agents. */
export async function installCommand(
  host: Host,
  programs: Programs,
  agents: (AgentOptions & { readonly strict: boolean }) | null,
): Promise<number> {
  if (agents) agentNames(agents.agents);
  const status = tell(host, await installHooks({ repositoryDir: host.cwd, ...programs }));
  if (status !== 0 || !agents) return status;
  return tellAgents(
    host,
    await installAgentHooks(host, agents, { ...programs, strict: agents.strict }),
    'installed',
  );
}

/** `uninstall`: with agents named only their hooks, else everything that is in this repository. */
export async function uninstallCommand(host: Host, agents: AgentOptions | null): Promise<number> {
  const reports = agents
    ? await uninstallAgentHooks(host, agents, 'goes')
    : await uninstallAgentHooks(host, { agents: 'all', user: false }, 'stays-for-others');
  const told = agents ? reports : reports.filter(({ kind }) => kind !== 'unchanged');
  const status = tellAgents(host, told, 'uninstalled');
  return agents || status !== 0 ? status : tell(host, await uninstallHooks({ repositoryDir: host.cwd }));
}

/** `uninstall --all`: out of every working tree that install has noted, and out of the user's own settings of agents. */
export async function uninstallAllCommand(host: Host): Promise<number> {
  const { done, failed, agents } = await takeOutEverywhere();
  for (const root of done) host.stdout(`out of ${oneLine(root)}\n`);
  for (const { root, reason } of failed)
    host.stderr(`hunkmark: still in ${oneLine(root)}: ${oneLine(reason)}\n`);
  const status = tellAgents(
    host,
    agents.filter(({ kind }) => kind !== 'unchanged'),
    'uninstalled',
  );
  if (done.length === 0 && failed.length === 0) host.stdout('Hunkmark is in no repository here.\n');
  return failed.length === 0 ? status : 2;
}

function tell(host: Host, report: InstallReport): number {
  const isRefused = report.kind === 'refused';
  (isRefused ? host.stderr : host.stdout)(printable(formatInstallReport(report)));
  return isRefused ? 2 : 0;
}

const DONE = {
  installed: { written: 'hooks written to', unchanged: 'hooks are already in' },
  uninstalled: { written: 'hooks taken out of', unchanged: 'no hooks of ours in' },
} as const;

function tellAgents(host: Host, reports: readonly AgentReport[], what: keyof typeof DONE): number {
  for (const report of reports) {
    const { agent } = report;
    if (report.kind !== 'refused') {
      host.stdout(`${oneLine(agent)}: ${DONE[what][report.kind]} ${oneLine(report.file)}\n`);
      if (report.advice !== undefined) host.stdout(`  ${report.advice}\n`);
      continue;
    }
    host.stderr(
      `${oneLine(agent)}: nothing done to ${oneLine(report.file ?? 'its settings')}: ${oneLine(report.reason)}\n`,
    );
    if (report.snippet !== null) host.stderr(`Put this in by hand:\n${printable(report.snippet)}\n`);
  }
  return reports.some(({ kind }) => kind === 'refused') ? 2 : 0;
}
