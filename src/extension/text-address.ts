import type { TextPlace } from '../app/shown-lines';

/** A text that an editor shows: of which file (absolute), and where from. */
export interface TextAddress {
  readonly file: string;
  readonly at: TextPlace;
}

/** Schemes of documents that say which version of a file they show. */
export const TEXT_SCHEMES = ['file', 'git', 'review', 'pr'] as const;

/**
 * Reads the address of a document: files, the built-in git extension's (`git:`, also of its graph and timeline) and
 * those of the pull-request extension (`review:`, `pr:`), which carry JSON in the query. null: nobody can tell.
 */
export function textAddress(uri: {
  readonly scheme: string;
  readonly fsPath: string;
  readonly query: string;
}): TextAddress | null {
  switch (uri.scheme) {
    case 'file':
      return { file: uri.fsPath, at: { kind: 'working' } };
    case 'git': {
      const { path, ref } = parsed(uri.query);
      return isText(path) && typeof ref === 'string' ? placed(path, gitRef(ref)) : null;
    }
    case 'review': {
      const { commit, ref } = parsed(uri.query);
      return placed(uri.fsPath, isText(commit) ? at(commit) : isText(ref) ? at(ref) : null);
    }
    case 'pr': {
      const { isBase, baseCommit, headCommit } = parsed(uri.query);
      const commit = isBase === true ? baseCommit : headCommit;
      return placed(uri.fsPath, isText(commit) ? at(commit) : null);
    }
    default:
      return null;
  }
}

function placed(file: string, place: TextPlace | null): TextAddress | null {
  return place && { file, at: place };
}

/** Without a ref, and with `~`, it is the index, or what the index would have; `~1` to `~3` are sides of a conflict. */
function gitRef(ref: string): TextPlace | null {
  if (ref === '' || ref === '~') return { kind: 'index' };
  return ref.startsWith('~') ? null : at(ref);
}

function at(revision: string): TextPlace | null {
  return /^[\w./@^~{}-]{1,250}$/.test(revision) && !revision.startsWith('-')
    ? { kind: 'commit', revision }
    : null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function parsed(query: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(query);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
