import type { Finding } from '../../../core/finding';
import type { FileStatus, Status, StatusRange } from '../../../app/status';
import { ICONS, type CommandId } from '../../contributions';
import type { RepositoryFolder, RepositoryState, StagedCheck } from '../../tracking';
import { checkWords, placeWords, severityWords } from './check-text';
import { FOCUS, statusText, type StatusText } from './status-text';
import { counted, evidenceWords, linesWords, viaWords, visible, whoWords, type Translate } from './words';

export type Group = 'staged' | 'unstaged';

/** An entry of the tree of AI hunks. */
export type Node =
  | {
      readonly kind: 'repository';
      readonly root: string;
      readonly name: string;
      readonly children: readonly Node[];
    }
  | { readonly kind: 'notice'; readonly root: string; readonly notice: StatusText }
  /** What the check would say of a commit of what is staged. */
  | {
      readonly kind: 'check';
      readonly root: string;
      readonly check: StagedCheck;
      readonly children: readonly FindingNode[];
    }
  | FindingNode
  /** What is known of a repository could not be read. */
  | { readonly kind: 'failure'; readonly root: string; readonly problem: string }
  | {
      readonly kind: 'group';
      readonly root: string;
      readonly group: Group;
      readonly children: readonly (SystemNode | FileNode)[];
    }
  | SystemNode
  | FileNode
  | HunkNode;

export interface FindingNode {
  readonly kind: 'finding';
  readonly root: string;
  readonly finding: Finding;
}

/** Files of the same systems; those of no system stand below all of these, without such an entry. */
export interface SystemNode {
  readonly kind: 'system';
  readonly root: string;
  readonly group: Group;
  /** The most critical of the systems'. */
  readonly tier: number;
  readonly systems: readonly string[];
  readonly children: readonly FileNode[];
}

export interface FileNode {
  readonly kind: 'file';
  readonly root: string;
  readonly group: Group;
  /** From the root, with `/`. */
  readonly path: string;
  readonly children: readonly HunkNode[];
}

export interface HunkNode {
  readonly kind: 'hunk';
  readonly root: string;
  readonly group: Group;
  readonly path: string;
  readonly range: StatusRange;
}

/** What a repository has to show: its AI hunks, or why they could not be read. */
export type Content =
  | { readonly kind: 'status'; readonly status: Status }
  | { readonly kind: 'failure'; readonly problem: string };

export interface RepositoryContent {
  readonly folder: Pick<RepositoryFolder, 'root' | 'name' | 'state'>;
  /** null: it is not to be read, as its state says. */
  readonly content: Content | null;
  /** null: there is no policy, or nothing that it would say. */
  readonly check?: StagedCheck | null;
}

/** Whether the hunks of a repository in this state may be read and are worth it. */
export function isReadable(state: RepositoryState): boolean {
  return state.kind === 'installed' || state.kind === 'incomplete';
}

/**
 * The top of the tree; with several repositories an entry for each. Where Hunkmark works in none of them and there is
 * nothing to show the tree is empty, so that the view's own text says what to do.
 */
export function hunkTree(t: Translate, repositories: readonly RepositoryContent[]): readonly Node[] {
  const read = repositories.some(({ content }) => content !== null);
  if (!read) return [];
  if (repositories.length === 1) return repositories.flatMap((one) => entriesOf(t, one));
  return repositories.map((one) => {
    const { root, name } = one.folder;
    return { kind: 'repository', root, name, children: entriesOf(t, one) };
  });
}

export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'repository':
    case 'check':
    case 'group':
    case 'system':
    case 'file':
      return node.children;
    case 'notice':
    case 'failure':
    case 'finding':
    case 'hunk':
      return [];
  }
}

function entriesOf(t: Translate, { folder, content, check = null }: RepositoryContent): Node[] {
  const { root } = folder;
  const notice = statusText(t, null, folder);
  const notices: Node[] = notice === null ? [] : [{ kind: 'notice', root, notice }];
  if (content === null) return notices;
  if (content.kind === 'failure') return [...notices, { kind: 'failure', root, problem: content.problem }];
  const groups = (['staged', 'unstaged'] as const).flatMap((group): Node[] => {
    const children = bySystem(root, group, content.status.files);
    return children.length === 0 ? [] : [{ kind: 'group', root, group, children }];
  });
  return [...notices, ...checkNodes(t, root, check), ...groups];
}

function checkNodes(t: Translate, root: string, check: StagedCheck | null): Node[] {
  if (check === null || checkWords(t, check) === null) return [];
  const children = check.findings.map((finding): FindingNode => ({ kind: 'finding', root, finding }));
  return [{ kind: 'check', root, check, children }];
}

/** The most critical tier first; what is in no system comes last, as it came without a policy. */
function bySystem(root: string, group: Group, files: readonly FileStatus[]): (SystemNode | FileNode)[] {
  const systems = new Map<string, SystemNode>();
  const others: FileNode[] = [];
  for (const file of files) {
    const nodes = filesOf(root, group, file);
    const { tier, systems: names } = file;
    if (nodes.length === 0) continue;
    if (tier === null) {
      others.push(...nodes);
      continue;
    }
    const key = JSON.stringify([tier, names]);
    const children = [...(systems.get(key)?.children ?? []), ...nodes];
    systems.set(key, { kind: 'system', root, group, tier, systems: names, children });
  }
  const sorted = [...systems.values()].toSorted(
    (a, b) => a.tier - b.tier || (a.systems.join() < b.systems.join() ? -1 : 1),
  );
  return [...sorted, ...others];
}

function filesOf(root: string, group: Group, file: FileStatus): FileNode[] {
  const { path } = file;
  const children = file[group].map((range): HunkNode => ({ kind: 'hunk', root, group, path, range }));
  return children.length === 0 ? [] : [{ kind: 'file', root, group, path, children }];
}

/** How an entry looks and sounds. */
export interface Look {
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
  /** For screen readers. */
  readonly spoken: string;
  /** null: the icon of the file's kind. */
  readonly icon: string | null;
  readonly command: CommandId | StatusText['command'] | null;
}

export function lookOf(t: Translate, node: Node): Look {
  switch (node.kind) {
    case 'repository': {
      const label = visible(node.name);
      return { ...plain(label, t('repository {0}', label)), icon: ICONS.repository };
    }
    case 'notice': {
      const { text, tooltip, label, command, warns } = node.notice;
      const look = plain(text.replace(/^\$\([\w-]+\) /, ''), label);
      const icon = warns ? ICONS.problem : ICONS.stopped;
      return { ...look, tooltip, icon, command: command === FOCUS ? null : command };
    }
    case 'failure': {
      const label = t('AI hunks could not be read');
      const problem = visible(node.problem);
      return {
        ...plain(label, `${label}. ${problem}`),
        tooltip: problem,
        icon: ICONS.problem,
        command: 'hunkmark.showLog',
      };
    }
    case 'check': {
      const label = checkWords(t, node.check) ?? '';
      const spoken = t('What the check would say of what is staged. {0}', label);
      const icon = node.check.summary.error > 0 ? ICONS.error : ICONS.warning;
      return { ...plain(label, spoken), description: t('of what is staged'), tooltip: spoken, icon };
    }
    case 'finding': {
      const { finding } = node;
      const [message, place] = [visible(finding.message), placeWords(finding)];
      const tooltip = [message, visible(finding.help), place].join('\n');
      const spoken = `${severityWords(t, finding)}: ${message} ${place}`;
      return { ...plain(message, spoken), description: place, tooltip, icon: ICONS[finding.severity] };
    }
    case 'group': {
      const label = node.group === 'staged' ? t('Staged') : t('Not staged');
      const hunks = hunksWords(t, countHunks(node));
      const icon = node.group === 'staged' ? ICONS.staged : ICONS.unstaged;
      return { ...plain(label, t('{0}, {1}', label, hunks)), description: hunks, icon };
    }
    case 'system': {
      const names = node.systems.map(visible).join(', ');
      const hunks = hunksWords(t, countHunks(node));
      const label = t('Tier {0}: {1}', node.tier, names);
      return { ...plain(label, t('{0}, {1}', label, hunks)), description: hunks, icon: ICONS.system };
    }
    case 'file': {
      const path = visible(node.path);
      const cut = path.lastIndexOf('/') + 1;
      const hunks = hunksWords(t, node.children.length);
      const look = plain(path.slice(cut), t('{0}, {1}', path, hunks));
      return { ...look, description: path.slice(0, Math.max(0, cut - 1)), tooltip: path };
    }
    case 'hunk':
      return hunkLook(t, node);
  }
}

function countHunks(node: Node): number {
  if (node.kind === 'hunk') return 1;
  return childrenOf(node).reduce((sum, child) => sum + countHunks(child), 0);
}

function hunkLook(t: Translate, { path, range }: HunkNode): Look {
  const lines = linesWords(t, range.start, range.count);
  const label = range.side === '-' ? t('deleted: {0}', lines) : lines;
  const who = whoWords(t, range);
  const kind = kindWords(t, range);
  const how = t('How: {0}', viaWords(t, range.via));
  const evidence = t('Evidence: {0}', evidenceWords(t, range.evidence));
  const icon = range.side === '-' ? ICONS.deleted : ICONS[range.class];
  return {
    label,
    description: range.class === 'mixed' ? t('mixed · {0}', who) : who,
    tooltip: [`${visible(path)}: ${label}`, `${kind} (${who})`, how, evidence].join('\n'),
    spoken: t('{0}, {1}, {2}, {3}', kind, lines, who, visible(path)),
    icon,
    command: 'hunkmark.openHunk',
  };
}

function kindWords(t: Translate, range: StatusRange): string {
  if (range.side === '-') return t('Deleted by AI');
  return range.class === 'ai' ? t('Written by AI') : t('Written by AI and a person');
}

function hunksWords(t: Translate, count: number): string {
  return counted(count, t('1 AI hunk'), (n) => t('{0} AI hunks', n));
}

/** What stays the same while the tree is read again, so that open entries stay open. */
export function idOf(node: Node): string {
  switch (node.kind) {
    case 'repository':
    case 'notice':
    case 'check':
    case 'failure':
      return JSON.stringify([node.kind, node.root]);
    case 'group':
      return JSON.stringify([node.kind, node.root, node.group]);
    case 'finding': {
      const { ruleId, path, side, start, message } = node.finding;
      return JSON.stringify([node.kind, node.root, ruleId, path, side, start, message]);
    }
    case 'system':
      return JSON.stringify([node.kind, node.root, node.group, node.tier, node.systems]);
    case 'file':
      return JSON.stringify([node.kind, node.root, node.group, node.path]);
    case 'hunk': {
      const { side, start, count } = node.range;
      return JSON.stringify([node.kind, node.root, node.group, node.path, side, start, count]);
    }
  }
}

function plain(label: string, spoken: string): Look {
  return { label, description: '', tooltip: label, spoken, icon: null, command: null };
}
