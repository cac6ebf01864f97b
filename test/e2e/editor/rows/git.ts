import { until } from '../editor';
import { linesOf } from '../provenance';
import { gitShows } from '../scm';
import { ACCEPTED, acceptAll, BASE_TEXT, BUSY_MS, isSavedAs, type Desk, type EditRow } from './row';

/** What git does to a file that is open. */
export const GIT: readonly EditRow[] = [
  {
    edit: 'git checkout of another branch',
    by: 'other',
    keys: async (desk) => {
      const { repo, file, editor } = desk;
      repo.git('checkout', '--quiet', '-b', 'other');
      repo.write(file, `${BASE_TEXT}// on the other branch\n`);
      repo.git('commit', '--quiet', '-m', 'Other', '--', file);
      repo.git('checkout', '--quiet', 'main');
      await isSavedAs(desk, (text) => text === BASE_TEXT);
      repo.git('checkout', '--quiet', 'other');
      await editor.untilText(file, '// on the other branch');
      await until(() => isCommitted(desk, '// on the other branch'), BUSY_MS, 'the other commit');
    },
    afterwards: ({ repo }) => repo.git('checkout', '--quiet', 'main'),
    expected: { '// on the other branch': 'base' },
  },
  {
    edit: 'inline completion, git stash and stash pop',
    by: 'model',
    keys: async (desk) => {
      await acceptAndSave(desk);
      desk.repo.git('stash', 'push', '--quiet', '--', desk.file);
      await isSavedAs(desk, (text) => text === BASE_TEXT);
      desk.repo.git('stash', 'pop', '--quiet');
      await isSavedAs(desk, (text) => text.includes('return total'));
    },
    expected: ACCEPTED,
  },
  {
    edit: 'inline completion, then discard changes',
    by: 'person',
    keys: async (desk) => {
      await acceptAndSave(desk);
      await gitShows(desk.editor, desk.path, 'workingTreeChanges');
      await desk.editor.run('git.clean');
      await desk.editor.page
        .locator('.monaco-dialog-box .monaco-button', { hasText: 'Discard' })
        .first()
        .click();
      await isSavedAs(desk, (text) => text === BASE_TEXT);
    },
    expected: {},
  },
  {
    edit: 'inline completion, then revert selected ranges',
    by: 'person',
    keys: async (desk) => {
      await acceptAndSave(desk);
      await gitShows(desk.editor, desk.path, 'workingTreeChanges');
      await desk.editor.select([4, 0], [8, 1]);
      await desk.editor.run('git.revertSelectedRanges');
      const isBack = async (): Promise<boolean> => !(await desk.editor.textOf(desk.file)).includes('total');
      await until(isBack, BUSY_MS, 'the text before');
    },
    expected: {},
  },
];

async function acceptAndSave(desk: Desk): Promise<void> {
  await acceptAll(desk);
  await desk.editor.press('Control+s');
  await isSavedAs(desk, (text) => text.includes('return total'));
}

async function isCommitted({ editor, repo, file }: Desk, text: string): Promise<boolean> {
  const lines = await linesOf(editor, repo.dir, file);
  return lines?.some((line) => line.text === text && line.origin.class === 'base') ?? false;
}
