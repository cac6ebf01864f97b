import type { Disposable } from 'vscode';

/** Runs something once, `delay` milliseconds after the first of the calls that ask for it. */
export function later(delay: number, run: () => void): Disposable & { readonly ask: () => void } {
  let timer: NodeJS.Timeout | null = null;
  return {
    ask: () => {
      timer ??= setTimeout(() => {
        timer = null;
        run();
      }, delay);
    },
    dispose: () => {
      if (timer !== null) clearTimeout(timer);
    },
  };
}
