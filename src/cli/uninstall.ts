import { takeOutEverywhere } from '../app/installation';

/**
 * What the editor runs when the extension has been uninstalled: takes Hunkmark out of every repository it was put into
 * on this machine. Nobody reads its output; where it fails, commits go on, for the hooks find their own program.
 */
void takeOutEverywhere().then(
  ({ failed, agents }) => {
    for (const { root, reason } of failed) console.error(`hunkmark: still in ${root}: ${reason}`);
    const refused = agents.flatMap((report) => (report.kind === 'refused' ? [report] : []));
    for (const { agent, reason } of refused) console.error(`hunkmark: still in ${agent}: ${reason}`);
    process.exitCode = failed.length + refused.length === 0 ? 0 : 1;
  },
  (error: unknown) => {
    console.error(`hunkmark: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  },
);
