import { commands, Disposable, window, type LogOutputChannel, type TextDocument } from 'vscode';
import type { Evidenced } from '../../core/origin';
import { UNIDENTIFIED, type Acceptance, type Explanation, type SeenChange, type Sensor } from './sensor';

/** How acceptances are noticed; the setting `hunkmark.acceptance`. */
export type Technique = 'command' | 'keybinding' | 'off';

export interface AcceptanceSensor extends Sensor, Disposable {
  /** The acceptance that is under way in a document, for a change that is seen now. */
  underWay(document: TextDocument): Acceptance | null;
  /** Whether every way to accept an inline completion is seen. */
  seesAll(): boolean;
}

/** The editor's commands that accept an inline completion, and ours for the technique `keybinding`. */
const COMMANDS = [
  ['editor.action.inlineSuggest.commit', 'hunkmark.acceptInline'],
  ['editor.action.inlineSuggest.acceptNextWord', 'hunkmark.acceptInlineWord'],
  ['editor.action.inlineSuggest.acceptNextLine', 'hunkmark.acceptInlineLine'],
] as const;

/** After so many acceptances that did nothing the sensor steps aside for the session. */
const MOST_FAILURES = 2;
/** The change is told before the command ends; some installations need a moment more. */
const SETTLE_MS = 150;

/**
 * Inline completions, by their acceptance itself: what is inserted while the editor's own command runs is the
 * model's, whoever offers it. With the technique `command` the command's name is taken for the time between two
 * acceptances and given back for each, so that keys, menus and the hover's buttons are all seen; with `keybinding` only
 * the keys bound to our own commands. Neither ever keeps a key: the editor's command is run in any case.
 */
export function acceptance(
  technique: Technique,
  log: LogOutputChannel,
  onOff: (why: string) => void,
): AcceptanceSensor {
  const running = new Map<TextDocument, Acceptance>();
  const registered = new Map<string, Disposable>();
  let failures = 0;
  let isOff = technique === 'off';
  let sees = technique === 'command';

  const turnOff = (why: string): void => {
    if (isOff) return;
    isOff = true;
    sees = false;
    for (const each of registered.values()) each.dispose();
    registered.clear();
    log.warn(`accepted completions are not noticed any more: ${why}`);
    onOff(why);
  };
  const accept = async (builtIn: string, args: readonly unknown[]): Promise<void> => {
    const document = window.activeTextEditor?.document;
    const version = document?.version;
    const under: Acceptance = { madeBy: null };
    if (document) running.set(document, under);
    try {
      await commands.executeCommand(builtIn, ...args);
    } catch (error) {
      log.error(`${builtIn} failed: ${String(error)}`);
      failures++;
    } finally {
      setTimeout(() => {
        if (document && running.get(document) === under) running.delete(document);
        if (document && document.version === version) failures++;
        else if (under.madeBy) failures = 0;
        if (failures >= MOST_FAILURES) turnOff('two acceptances in a row did nothing');
      }, SETTLE_MS);
    }
  };
  const take = (builtIn: string): void => {
    if (isOff || registered.has(builtIn)) return;
    try {
      registered.set(
        builtIn,
        commands.registerCommand(builtIn, async (...args: unknown[]) => {
          registered.get(builtIn)?.dispose();
          registered.delete(builtIn);
          try {
            await accept(builtIn, args);
          } finally {
            take(builtIn);
          }
        }),
      );
    } catch (error) {
      turnOff(`another extension holds ${builtIn} (${String(error)})`);
    }
  };
  const own = COMMANDS.map(([builtIn, command]) =>
    commands.registerCommand(command, async (...args: unknown[]) => {
      await accept(builtIn, args);
    }),
  );
  if (technique === 'command') for (const [builtIn] of COMMANDS) take(builtIn);

  return Object.assign(
    new Disposable(() => {
      isOff = true;
      for (const each of [...registered.values(), ...own]) each.dispose();
    }),
    {
      name: 'acceptance',
      underWay: (document: TextDocument) => running.get(document) ?? null,
      seesAll: () => sees,
      explain(seen: SeenChange): Explanation | null {
        const under = seen.acceptance;
        if (!under || seen.reason !== null || seen.selection === 'keyboard') return null;
        if (under.madeBy !== null && under.madeBy !== seen) return null;
        if (seen.changes.every(({ text, length }) => text.trim() === '' && length === 0)) return null;
        under.madeBy = seen;
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
    },
  );
}
