import { append, children, remove, root, type Child } from './json-text';

/** A hook entry of ours is known by the end of its command: a comment to the shell. */
export const MARK = '# hunkmark';

/**
 * One entry of the list that settings keep for an event: `{ matcher, hooks: [{ type, command, … }] }` or, flat, the
 * hook itself, `{ command, … }`.
 */
export type Group = Readonly<Record<string, unknown>>;
/** An event and what we want in its list. */
export type Wanted = readonly (readonly [event: string, group: Group])[];

export type SettingsChange =
  | { readonly kind: 'text'; readonly text: string; readonly changed: boolean }
  | { readonly kind: 'refused'; readonly reason: string; readonly snippet: string };

/**
 * The settings with our hooks added behind all others, every other byte as it was; `changed` is false when all are
 * there already, wherever they stand. Entries of ours with other commands or options are replaced. `settings` null:
 * there is no file. `version`: the file has to say which one it is of.
 */
export function addGroups(
  settings: string | null,
  wanted: Wanted,
  version: number | null = null,
): SettingsChange {
  const refusal = (reason: string): SettingsChange => ({
    kind: 'refused',
    reason,
    snippet: snippetOf(wanted, version),
  });
  const old = settings === null || settings.trim() === '' ? '{}\n' : settings;
  const value = parse(old);
  if (value === undefined) return refusal('it is not plain JSON (comments or trailing commas?)');
  if (!isObject(value)) return refusal('it is not a JSON object');
  const hooks = own(value, 'hooks');
  if (hooks !== undefined && !isObject(hooks)) return refusal('"hooks" is not an object');
  for (const [event] of wanted) {
    const groups = isObject(hooks) ? own(hooks, event) : undefined;
    if (groups !== undefined && !Array.isArray(groups)) return refusal(`"hooks.${event}" is not a list`);
  }
  if (isInstalled(hooks, wanted)) return { kind: 'text', text: old, changed: false };
  let text = dropOurs(old);
  if (version !== null && member(text, root(text), 'version') === undefined)
    text = append(text, root(text), 'version', version);
  for (const [event, group] of wanted) text = addGroup(text, event, group);
  return { kind: 'text', text, changed: true };
}

/** What was there before and what we made of it, kept by whoever wrote the file. */
export interface Saved {
  readonly original: string | null;
  readonly installed: string;
}

export type SettingsRemoval =
  /** `text` null: the file was not there before us and nothing else is in it now. */
  | { readonly kind: 'text'; readonly text: string | null; readonly changed: boolean }
  | { readonly kind: 'refused'; readonly reason: string };

/** The settings without our hooks: the saved original where nobody has changed the file since, byte for byte. */
export function removeHooks(settings: string, saved: Saved | null): SettingsRemoval {
  if (saved !== null && settings === saved.installed) {
    return { kind: 'text', text: saved.original, changed: saved.original !== settings };
  }
  if (!settings.includes(MARK)) return { kind: 'text', text: settings, changed: false };
  if (parse(settings) === undefined) return { kind: 'refused', reason: 'it is not plain JSON any more' };
  const text = dropOurs(settings);
  const isEmpty = /^\{(?:"version":\d+)?\}$/.test(text.replace(/\s/g, ''));
  if (isEmpty && saved !== null && saved.original === null)
    return { kind: 'text', text: null, changed: true };
  return { kind: 'text', text, changed: text !== settings };
}

function snippetOf(wanted: Wanted, version: number | null): string {
  return JSON.stringify(
    {
      ...(version === null ? {} : { version }),
      hooks: Object.fromEntries(wanted.map(([event, group]) => [event, [group]])),
    },
    null,
    2,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Members = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function own(value: Members, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

function isOurs(hook: unknown): boolean {
  if (!isObject(hook)) return false;
  const command = own(hook, 'command');
  return typeof command === 'string' && command.trimEnd().endsWith(` ${MARK}`);
}

function hooksOf(group: unknown): readonly unknown[] {
  const hooks = isObject(group) ? own(group, 'hooks') : undefined;
  return Array.isArray(hooks) ? hooks : [group];
}

/** Each wanted group once, and nothing else of ours under any event. */
function isInstalled(hooks: unknown, wanted: Wanted): boolean {
  if (!isObject(hooks)) return false;
  const found = Object.entries(hooks).flatMap(([event, groups]) =>
    (Array.isArray(groups) ? groups : [])
      .filter((group) => hooksOf(group).some(isOurs))
      .map((group: unknown) => JSON.stringify([event, group])),
  );
  const expected = wanted.map((pair) => JSON.stringify(pair));
  return found.length === expected.length && expected.every((pair) => found.includes(pair));
}

function addGroup(text: string, event: string, group: Group): string {
  const hooks = member(text, root(text), 'hooks');
  if (hooks === undefined) return append(text, root(text), 'hooks', { [event]: [group] });
  const groups = member(text, hooks.value, event);
  if (groups === undefined) return append(text, hooks.value, event, [group]);
  return append(text, groups.value, null, group);
}

/** JSON.parse takes the last of members with the same name, and so do we. */
function member(text: string, open: number, key: string): Child | undefined {
  return children(text, open).findLast((child) => child.key === key);
}

/** Takes out our hooks and then what they leave empty: the group, the event's list, `hooks`. */
function dropOurs(settings: string): string {
  let text = settings;
  for (let path = pathToOurs(text); path !== null; path = pathToOurs(text)) {
    const step = path.findLast((step) => children(text, step.open).length > 1) ?? path[0];
    text = remove(text, step.open, step.child);
  }
  return text;
}

interface Step {
  readonly open: number;
  readonly child: Child;
}

type Path = readonly [Step, ...Step[]];

/** From the root down to the first hook of ours: `hooks`, the event, the group, the hook. */
function pathToOurs(text: string): Path | null {
  const open = root(text);
  const all = children(text, open).filter((child) => child.key === 'hooks' && text[child.value] === '{');
  for (const hooks of all) {
    for (const event of children(text, hooks.value).filter((child) => text[child.value] === '[')) {
      for (const group of children(text, event.value)) {
        const above = [
          { open: hooks.value, child: event },
          { open: event.value, child: group },
        ];
        const hook = ourHook(text, group);
        if (hook !== null) return [{ open, child: hooks }, ...above, hook];
        if (isOurs(parse(text.slice(group.value, group.end)))) return [{ open, child: hooks }, ...above];
      }
    }
  }
  return null;
}

function ourHook(text: string, group: Child): Step | null {
  const hooks = text[group.value] === '{' ? member(text, group.value, 'hooks') : undefined;
  if (hooks === undefined || text[hooks.value] !== '[') return null;
  const isHookOfOurs = (item: Child): boolean => isOurs(parse(text.slice(item.value, item.end)));
  const child = children(text, hooks.value).find(isHookOfOurs);
  return child === undefined ? null : { open: hooks.value, child };
}
