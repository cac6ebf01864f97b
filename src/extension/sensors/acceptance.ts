import { commands, Disposable, type LogOutputChannel } from 'vscode';
import type { Evidenced } from '../../core/origin';
import { NOTICES } from '../contributions';
import { UNIDENTIFIED } from '../../core/origin';
import type { Explanation, Notice, SeenChange, Sensor } from './sensor';

/** After so many acceptances without a change in a row the sensor steps aside for the session. */
const MOST_FAILURES = 2;

/**
 * Inline completions, by their acceptance itself. Our keybindings run the editor's own command first and our notice
 * after it, so that no key waits for this extension and none is lost when it does not answer; the notice finds
 * the change that has just come. A command of ours in the place of the editor's would lose the completion where a
 * character is typed within some 20 ms of the key (seen in VS Code 1.139). Whose the completion was does not show.
 *
 * `claim` says whether there was a change to be claimed.
 */
export function acceptance(
  claim: (what: Notice) => boolean,
  log: LogOutputChannel,
  onOff: (why: string) => void,
): Sensor & Disposable {
  let failures = 0;
  const notice = (what: Notice) => (): void => {
    if (claim(what)) {
      failures = 0;
      return;
    }
    if (what === 'picked' || ++failures !== MOST_FAILURES) return;
    const why = 'two completions were accepted and nothing changed';
    log.warn(why);
    onOff(why);
  };
  const registrations = [
    commands.registerCommand(NOTICES.accepted, notice('accepted')),
    commands.registerCommand(NOTICES.picked, notice('picked')),
  ];
  return Object.assign(Disposable.from(...registrations), {
    name: 'acceptance',
    explain(seen: SeenChange): Explanation | null {
      if (seen.notice !== 'accepted' || seen.reason !== null || seen.selection === 'keyboard') return null;
      const origin: Evidenced = {
        class: 'ai',
        via: 'completion',
        agent: UNIDENTIFIED,
        model: null,
        evidence: 'reported',
        at: seen.at,
        sensor: 'acceptance',
      };
      return { kind: 'one', origin };
    },
  });
}
