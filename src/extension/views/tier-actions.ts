import {
  CodeAction,
  CodeActionKind,
  Disposable,
  env,
  languages,
  Position,
  Range,
  Uri,
  window,
  workspace,
  type Selection,
  type TextDocument,
} from 'vscode';
import type { InlineFinding } from '../../core/inline';
import type { WrittenAt } from '../../core/policy';
import { COMMANDS } from '../contributions';
import type { TierPlace } from '../tracking';
import { command } from './command';
import { t, type ViewDeps } from './deps';
import { parseLines } from './lines-argument';
import { ownersOf, systemsWords } from './text/finding-text';
import type { LinesArgument } from './text/hover-text';
import { counted, visible } from './text/words';
import { findingsAt, SOURCE } from './tier-diagnostics';

/** What a person can do about lines of a system: quick fixes of the diagnostics, and the same as commands. */
export function openTierActions(deps: Pick<ViewDeps, 'documents' | 'tiers' | 'log'>): Disposable {
  const { log } = deps;
  return Disposable.from(
    languages.registerCodeActionsProvider(
      { scheme: 'file' },
      {
        provideCodeActions: (document, range, { diagnostics }) =>
          diagnostics.some(({ source }) => source === SOURCE) ? fixesAt(deps, document, range) : [],
      },
      { providedCodeActionKinds: [CodeActionKind.QuickFix] },
    ),
    command(log, COMMANDS.acknowledge, async (argument) => await acknowledge(deps, argument)),
    command(log, COMMANDS.openPolicy, async (argument) => await openPolicy(deps, argument)),
    command(log, COMMANDS.showOwners, async (argument) => await showOwners(deps, argument)),
  );
}

/** None is preferred: what "fix all" and a key for the first fix would do is no person's decision. */
function fixesAt({ tiers }: Pick<ViewDeps, 'tiers'>, document: TextDocument, range: Range): CodeAction[] {
  const lines = { first: range.start.line, last: range.end.line };
  const findings = findingsAt(tiers.findingsOf(document), document, lines);
  if (findings.length === 0) return [];
  const uri = document.uri.toString();
  const named = { uri, ...hull(findings) };
  const [own] = findings.filter(mayMark);
  const marked = own && { uri, first: own.first, last: own.last };
  const isAi = own?.ranges[0]?.class === 'ai';
  return [
    ...(findings.some(mayAcknowledge)
      ? [fix(t('Acknowledge: I have looked at this…'), 'acknowledge', named)]
      : []),
    ...(marked ? [fix(t('Mark as written by a person'), 'markAsHuman', marked)] : []),
    ...(marked && !isAi ? [fix(t('Mark as written by AI…'), 'markAsAi', marked)] : []),
    fix(t('Open the policy where it says so'), 'openPolicy', named),
    fix(t('Show the owners'), 'showOwners', named),
  ];
}

function fix(title: string, id: keyof typeof COMMANDS, lines: LinesArgument): CodeAction {
  const action = new CodeAction(title, CodeActionKind.QuickFix);
  action.command = { command: COMMANDS[id], title, arguments: [lines] };
  return action;
}

/** Lines of unknown origin are marked, not acknowledged: an acknowledgement is about what AI wrote. */
function mayAcknowledge({ acknowledged, ranges }: InlineFinding): boolean {
  return acknowledged === null && ranges.some((range) => range.commit === null && range.class !== 'unknown');
}

/** Only where every line between the first and the last is of the one run: nothing else may be marked along with it. */
function mayMark({ ranges }: InlineFinding): boolean {
  const [range] = ranges;
  return ranges.length === 1 && range?.side === '+' && range.commit === null;
}

function hull(findings: readonly InlineFinding[]): { first: number; last: number } {
  return {
    first: Math.min(...findings.map(({ first }) => first)),
    last: Math.max(...findings.map(({ last }) => last)),
  };
}

interface Chosen {
  readonly document: TextDocument;
  readonly findings: readonly InlineFinding[];
}

/** The lines a command is about: those it was called with, or the selected ones. */
async function chosen({ tiers }: Pick<ViewDeps, 'tiers'>, argument: unknown): Promise<Chosen | null> {
  const named = parseLines(argument);
  const editor = window.activeTextEditor;
  const document =
    named === null ? editor?.document : await workspace.openTextDocument(Uri.parse(named.uri, true));
  if (document === undefined) return null;
  const spans = named === null ? (editor?.selections ?? []).map(linesOf) : [named];
  const all = tiers.findingsOf(document);
  return {
    document,
    findings: all.filter((each) => spans.some((span) => findingsAt([each], document, span).length > 0)),
  };
}

function linesOf({ start, end }: Selection): { first: number; last: number } {
  return { first: start.line, last: end.line };
}

/** A sentence or two; it is kept in a file with all the others. */
const LONGEST_REASON = 500;

/** A person says that they have looked. The box is what makes sure that it is one. */
async function acknowledge(deps: Pick<ViewDeps, 'tiers'>, argument: unknown): Promise<void> {
  const target = await chosen(deps, argument);
  const findings = target?.findings.filter(mayAcknowledge) ?? [];
  if (target === null || findings.length === 0) {
    void window.showInformationMessage(t('Nothing on these lines waits for an acknowledgement.'));
    return;
  }
  const { document } = target;
  const { version } = document;
  const count = findings.reduce(
    (sum, { ranges }) => sum + ranges.reduce((all, range) => all + range.count, 0),
    0,
  );
  const reason = await window.showInputBox({
    title: t('Acknowledge AI lines in {0}', systemsWords(t, findings[0] ?? { systems: [] })),
    prompt: counted(
      count,
      t('You say that you have looked at 1 line. The reason stays on this machine.'),
      (n) => t('You say that you have looked at {0} lines. The reason stays on this machine.', n),
    ),
    placeHolder: t('Reason (may be empty)'),
  });
  if (reason === undefined) return;
  if (document.version !== version)
    throw new Error(t('The file was changed meanwhile. Select the lines again.'));
  const said = reason.trim().slice(0, LONGEST_REASON);
  await deps.tiers.acknowledge(document, findings, said === '' ? null : said);
  window.setStatusBarMessage(t('Acknowledged (lines: {0})', count), 4000);
}

/** Without findings the file's own place in the policy is opened. */
async function openPolicy(deps: Pick<ViewDeps, 'tiers'>, argument: unknown): Promise<void> {
  const target = await chosen(deps, argument);
  const place = target && deps.tiers.placeOf(target.document.uri);
  const from = target?.findings[0]?.system.from ?? place?.placement.systems[0]?.from;
  if (!place || from === undefined) {
    void window.showInformationMessage(t('This file is in no system of a policy.'));
    return;
  }
  await showAt(place, from);
}

async function showAt({ root }: TierPlace, { file, line }: WrittenAt): Promise<void> {
  const document = await workspace.openTextDocument(Uri.joinPath(Uri.file(root), file));
  // The policy of the last commit is what warns; the file on disk may be shorter.
  const at = new Position(Math.min(line, document.lineCount) - 1, 0);
  await window.showTextDocument(document, { selection: new Range(at, at) });
}

async function showOwners(deps: Pick<ViewDeps, 'tiers'>, argument: unknown): Promise<void> {
  const target = await chosen(deps, argument);
  const place = target && deps.tiers.placeOf(target.document.uri);
  if (!place) {
    void window.showInformationMessage(t('This file is in no system of a policy.'));
    return;
  }
  const items = place.placement.systems.flatMap(({ name, tier, owners }) =>
    ownersOf({ systems: [{ owners }] }).map((owner) => ({
      label: visible(owner),
      description: t('{0} (tier {1})', visible(name), tier),
      owner,
    })),
  );
  if (items.length === 0) {
    const words = t('{0}: the policy names no owners.', systemsWords(t, place.placement));
    void window.showInformationMessage(words);
    return;
  }
  const picked = await window.showQuickPick(items, {
    title: t('Owners of {0}', systemsWords(t, place.placement)),
    placeHolder: t('Choose one to copy the name'),
  });
  if (picked === undefined) return;
  await env.clipboard.writeText(picked.owner);
  window.setStatusBarMessage(t('Copied: {0}', picked.label), 4000);
}
