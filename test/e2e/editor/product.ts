import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..', '..', '..');

const OWN_EXTENSIONS = join(ROOT, 'test', 'e2e', 'editor', 'extensions');

/** What an installed extension has, without packing it. */
const PARTS = ['package.json', 'package.nls.json', 'dist', 'media', 'README.md', 'LICENSE'];

/**
 * A folder of extensions under development: those of the tests, and the product where it is asked for. VS Code takes
 * one folder for this and looks into its subfolders; the files are copied, because links are not followed everywhere.
 */
export function developmentFolder(folder: string, product: 'none' | 'stable' | 'proposed'): string {
  cpSync(OWN_EXTENSIONS, folder, { recursive: true });
  if (product === 'none') return folder;
  const own = join(folder, 'hunkmark');
  mkdirSync(own, { recursive: true });
  for (const part of PARTS)
    if (existsSync(join(ROOT, part))) cpSync(join(ROOT, part), join(own, part), { recursive: true });
  if (product === 'proposed') declare(join(own, 'package.json'), ['textDocumentChangeReason']);
  return folder;
}

/** The store refuses an extension that declares proposed APIs; so only the copy for the tests does. */
function declare(manifest: string, enabledApiProposals: readonly string[]): void {
  const content = JSON.parse(readFileSync(manifest, 'utf8')) as Record<string, unknown>;
  writeFileSync(manifest, JSON.stringify({ ...content, enabledApiProposals }));
}

/** Packs what is built into a .vsix as it would be published, and returns its path. */
export function pack(folder: string): string {
  const file = join(folder, 'hunkmark.vsix');
  const args = ['package', '--no-dependencies', '--allow-missing-repository', '--out', file];
  const vsce = join(ROOT, 'node_modules', '.bin', 'vsce');
  const { status, stdout, stderr, error } = spawnSync(vsce, args, { cwd: ROOT, encoding: 'utf8', input: '' });
  if (status !== 0) throw new Error(`vsce package: ${error?.message ?? stdout + stderr}`);
  return file;
}
