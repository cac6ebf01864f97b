import type { FileStatus, Status, StatusRange } from '../../../app/status';
import { ICONS, type CommandId } from '../../contributions';
import type { RepositoryFolder, RepositoryState } from '../../tracking';
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
  /** What is known of a repository could not be read. */
  | { readonly kind: 'failure'; readonly root: string; readonly problem: string }
  | {
      readonly kind: 'group';
      readonly root: string;
      readonly group: Group;
      readonly children: readonly FileNode[];
    }
  | FileNode
  | HunkNode;

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
    case 'group':
    case 'file':
      return node.children;
    case 'notice':
    case 'failure':
    case 'hunk':
      return [];
  }
}

function entriesOf(t: Translate, { folder, content }: RepositoryContent): Node[] {
  const { root } = folder;
  const notice = statusText(t, null, folder);
  const notices: Node[] = notice === null ? [] : [{ kind: 'notice', root, notice }];
  if (content === null) return notices;
  if (content.kind === 'failure') return [...notices, { kind: 'failure', root, problem: content.problem }];
  const groups = (['staged', 'unstaged'] as const).flatMap((group): Node[] => {
    const children = content.status.files.flatMap((file) => filesOf(root, group, file));
    return children.length === 0 ? [] : [{ kind: 'group', root, group, children }];
  });
  return [...notices, ...groups];
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
    case 'group': {
      const label = node.group === 'staged' ? t('Staged') : t('Not staged');
      const hunks = hunksWords(
        t,
        node.children.reduce((sum, { children }) => sum + children.length, 0),
      );
      const icon = node.group === 'staged' ? ICONS.staged : ICONS.unstaged;
      return { ...plain(label, t('{0}, {1}', label, hunks)), description: hunks, icon };
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
    case 'failure':
      return JSON.stringify([node.kind, node.root]);
    case 'group':
      return JSON.stringify([node.kind, node.root, node.group]);
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
