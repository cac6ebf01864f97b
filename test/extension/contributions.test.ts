import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  COLORS,
  COMMANDS,
  CONTEXT_KEYS,
  NOTICES,
  SETTINGS,
  VIEWS,
  WALKTHROUGHS,
} from '../../src/extension/contributions';

const ROOT = join(__dirname, '..', '..', '..');

interface Command {
  readonly command: string;
  readonly enablement?: string;
}

interface Entry {
  readonly command: string;
  readonly when?: string;
  readonly args?: { readonly commands: readonly string[] };
}

interface Step {
  readonly id: string;
  readonly media: Readonly<Record<string, string>>;
  readonly completionEvents: readonly string[];
}

interface Manifest {
  readonly icon: string;
  readonly l10n: string;
  readonly engines: { readonly vscode: string };
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly contributes: {
    readonly commands: readonly Command[];
    readonly keybindings: readonly Entry[];
    readonly configuration: {
      readonly properties: Readonly<Record<string, { readonly scope?: string; readonly default?: unknown }>>;
    };
    readonly colors: readonly { readonly id: string; readonly defaults: Readonly<Record<string, string>> }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly viewsWelcome: readonly {
      readonly view: string;
      readonly when: string;
      readonly contents: string;
    }[];
    readonly menus: Readonly<Record<string, readonly Entry[]>>;
    readonly walkthroughs: readonly { readonly id: string; readonly steps: readonly Step[] }[];
  };
}

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const manifestText = read('package.json');
const manifest = JSON.parse(manifestText) as Manifest;
const { contributes } = manifest;
const texts = JSON.parse(read('package.nls.json')) as Readonly<Record<string, string>>;
const sources = readdirSync(join(ROOT, 'src/extension'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && file !== 'contributions.ts')
  .map((file) => read(join('src/extension', file)))
  .join('\n');

describe('the contributions', () => {
  it('are the commands that are named, and no others', () =>
    sameNames(
      contributes.commands.map(({ command }) => command),
      Object.values(COMMANDS),
    ));

  it('are the settings that are named, and no others', () =>
    sameNames(
      Object.keys(contributes.configuration.properties),
      Object.values(SETTINGS).map((name) => `hunkmark.${name}`),
    ));

  it('are the colours that are named, each for all four kinds of theme', () => {
    sameNames(
      contributes.colors.map(({ id }) => id),
      Object.values(COLORS),
    );
    for (const { id, defaults } of contributes.colors) {
      assert.deepEqual(Object.keys(defaults), ['dark', 'light', 'highContrast', 'highContrastLight'], id);
    }
  });

  it('are the views and the walkthrough that are named', () => {
    sameNames(
      Object.values(contributes.views).flatMap((views) => views.map(({ id }) => id)),
      Object.values(VIEWS),
    );
    sameNames(
      contributes.walkthroughs.map(({ id }) => id),
      Object.values(WALKTHROUGHS),
    );
  });

  it('are registered, called or shown by the sources', () => {
    for (const [key, id] of Object.entries(COMMANDS)) {
      assert.ok(sources.includes(`COMMANDS.${key}`) || sources.includes(`'${id}'`), id);
    }
    for (const key of Object.keys(COLORS)) assert.ok(sources.includes(`COLORS.${key}`), key);
  });

  it('name only commands of ours in menus and keys', () => {
    const ours: ReadonlySet<string> = new Set(Object.values(COMMANDS));
    for (const { command } of [...contributes.keybindings, ...Object.values(contributes.menus).flat()]) {
      assert.ok(ours.has(command) || command === 'runCommands', command);
    }
  });

  it('ask in when-clauses only for context keys that are named', () => {
    const asked = new Set(manifestText.match(/hunkmark\.\w+(?= [!=]=|\)? &&|")/g));
    const known = new Set<string>([...Object.values(CONTEXT_KEYS), ...Object.values(COMMANDS)]);
    for (const clause of clauses()) {
      for (const key of clause.match(/\bhunkmark\.\w+/g) ?? []) {
        assert.ok(known.has(key) || Object.values<string>(VIEWS).includes(key), `${key} in ${clause}`);
      }
    }
    for (const key of Object.values(CONTEXT_KEYS)) assert.ok(asked.has(key), `${key} is asked for`);
  });

  it('enable a command only where it can do something', () => {
    const enabled = new Map(contributes.commands.map(({ command, enablement }) => [command, enablement]));
    const everywhere = [
      COMMANDS.toggleHighlight,
      COMMANDS.openHunk,
      COMMANDS.openReviewHunk,
      COMMANDS.showLog,
    ];
    for (const [command, enablement] of enabled) {
      assert.equal(
        enablement === undefined,
        everywhere.some((id) => id === command),
        command,
      );
    }
    for (const id of [COMMANDS.setUp, COMMANDS.repair, COMMANDS.remove, COMMANDS.previewTrailers]) {
      assert.match(enabled.get(id) ?? '', /isWorkspaceTrusted/);
    }
  });

  it('can all be reached without a mouse', () => {
    const hidden = (contributes.menus['commandPalette'] ?? [])
      .filter(({ when }) => when === 'false')
      .map(({ command }) => command);
    // A tree's entry is opened with Enter.
    sameNames(hidden, [COMMANDS.openHunk, COMMANDS.openReviewHunk]);
    const clicked = Object.entries(contributes.menus)
      .filter(([menu]) => menu !== 'commandPalette')
      .flatMap(([, entries]) => entries.map(({ command }) => command));
    for (const command of clicked) assert.ok(!hidden.includes(command), command);
    const keyed = contributes.keybindings.map(({ command }) => command);
    assert.ok(keyed.includes(COMMANDS.nextHunk) && keyed.includes(COMMANDS.previousHunk));
    assert.ok(keyed.includes(COMMANDS.nextReviewHunk) && keyed.includes(COMMANDS.previousReviewHunk));
  });

  it('take the keys of completions only where the setting asks for it', () => {
    const shared = contributes.keybindings.filter(({ command }) => command === 'runCommands');
    assert.equal(shared.length, 4);
    for (const { when, args } of shared) {
      for (const alternative of (when ?? '').split('||'))
        assert.match(alternative.trim(), /^hunkmark\.acceptance == keybinding && !editorReadonly && \w/);
      // The editor's own command comes first: a key that we hear of late, or never, has done its work.
      assert.match(args?.commands[0] ?? '', /^(?:editor\.action\.inlineSuggest\.|acceptSelectedSuggestion$)/);
      assert.ok(Object.values<string>(NOTICES).includes(args?.commands[1] ?? ''));
    }
  });

  it('have one welcome text for each state', () =>
    sameNames(
      contributes.viewsWelcome.filter(({ view }) => view === VIEWS.hunks).map(({ when }) => when),
      ['no-repository', 'not-asked', 'declined', 'untrusted', 'off', 'incomplete', 'installed'].map(
        (state) => `hunkmark.state == ${state}`,
      ),
    ));

  it('let no workspace choose how completions are noticed', () =>
    assert.equal(contributes.configuration.properties['hunkmark.acceptance']?.scope, 'application'));

  it('need the editor whose API they are compiled against', () => {
    assert.equal(manifest.engines.vscode, '^1.97.0');
    assert.equal(manifest.devDependencies['@types/vscode'], '~1.97.0');
  });

  it('name files that are there', () => {
    const media = contributes.walkthroughs.flatMap(({ steps }) =>
      steps.flatMap(({ media }) =>
        Object.entries(media).flatMap(([kind, file]) => (kind === 'altText' ? [] : [file])),
      ),
    );
    for (const file of [manifest.icon, ...media]) assert.ok(existsSync(join(ROOT, file)), file);
  });
});

describe('the texts', () => {
  it('of package.json are in package.nls.json, and no others', () =>
    sameNames(
      new Set([...manifestText.matchAll(/"%([\w.-]+)%"/g)].map(([, key]) => key ?? '')),
      Object.keys(texts),
    ));

  it('of package.json name only commands that are there', () => {
    const known: ReadonlySet<string> = new Set([...Object.values(COMMANDS), 'workbench.trust.manage']);
    for (const text of Object.values(texts)) {
      for (const [, id = ''] of text.matchAll(/\(command:([\w.]+)\)/g)) assert.ok(known.has(id), id);
    }
  });

  it('of the sources are in the bundle for translators, and no others', () => {
    const bundle = JSON.parse(read(join(manifest.l10n, 'bundle.l10n.json'))) as Readonly<
      Record<string, string>
    >;
    const used = [...sources.matchAll(/\bt\(\s*(?:'((?:[^'\\]|\\.)*)'|"([^"\\]*)")/g)].map(
      ([, single, double]) => single ?? double ?? '',
    );
    sameNames(new Set(used), Object.keys(bundle));
    for (const [key, text] of Object.entries(bundle)) assert.equal(text, key);
  });
});

function clauses(): string[] {
  return [
    ...contributes.commands.map(({ enablement }) => enablement),
    ...contributes.keybindings.map(({ when }) => when),
    ...Object.values(contributes.menus).flatMap((entries) => entries.map(({ when }) => when)),
    ...contributes.viewsWelcome.map(({ when }) => when),
  ].filter((clause) => clause !== undefined);
}

function sameNames(actual: Iterable<string>, expected: Iterable<string>): void {
  assert.deepEqual([...actual].toSorted(), [...expected].toSorted());
}
