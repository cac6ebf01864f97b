import type { ExtensionContext } from 'vscode';

/** The editor's host. It has no views yet: provenance comes from the hooks of git and of coding agents. */
export function activate(_context: ExtensionContext): void {}

export function deactivate(): void {}
