import type * as VSCode from 'vscode';
import type { LineOrigin } from '../../../../src/core/origin';
import type { ScratchRepo } from '../../../support/scratch-repo';
import { until, type Editor } from '../editor';

type SeenClass = LineOrigin['class'];

/** One kind of edit of the table, done with real keys in a file of its own. */
export interface EditRow {
  readonly edit: string;
  /** Who really did it. What a person does must never be called `ai`, what a model does never `human`. */
  readonly by: 'person' | 'model' | 'other';
  /**
   * Keys for a file that is open with the caret in its last, empty line. The answer is the name of the file to judge,
   * where it is another one in the end.
   */
  readonly keys: (desk: Desk) => Promise<string | void>;
  /**
   * Text of a line → its class, or all that are right, for each line that is not as it was; white space of a line's
   * ends does not count, and a text that is not there is not asked for where several are right. Written by hand.
   */
  readonly expected: Readonly<Record<string, SeenClass | readonly SeenClass[]>>;
  /** What is in the file before; default `BASE_TEXT`. */
  readonly before?: string;
  /** The file to judge has another name than the one that was committed: its old lines are unknown. */
  readonly isNew?: boolean;
  /** Puts the repository back as it was. */
  readonly afterwards?: (desk: Desk) => void;
}

export interface Desk {
  readonly editor: Editor;
  readonly repo: ScratchRepo;
  /** Name of the row's file. */
  readonly file: string;
  /** Its absolute path. */
  readonly path: string;
}

export const BASE_TEXT = 'function alpha() {\n  return alphaValue;\n}\nconst alphaValue = 1;\n\n';

/** How long a busy machine may take for what an idle one does at once. */
export const BUSY_MS = 60_000;

/** An idle machine answers in one. */
const ANSWER_MS = 20_000;

/** What `acceptAll` leaves. */
export const ACCEPTED = {
  '//ai': 'human',
  'function fromAi(a, b) {': 'ai',
  '  const total = a + b;': 'ai',
  '  return total;': 'ai',
} as const;

/** Four lines of an inline completion, in the file's last line. */
export async function acceptAll({ editor, file }: Desk): Promise<void> {
  await editor.type('//ai');
  await editor.ghostText();
  await editor.press('Tab');
  await editor.untilText(file, 'return total');
}

/** Until the document has the text, and nothing unsaved. */
export async function isSavedAs(
  { editor, file, repo }: Desk,
  isRight: (text: string) => boolean,
): Promise<void> {
  const isSaved = async (): Promise<boolean> => {
    const text = await editor.textOf(file);
    return isRight(text) && repo.read(file) === text;
  };
  await until(isSaved, BUSY_MS, `the right text of ${file} on disk`);
}

/** A request to the fake agent in the chat view; its edits are in the document, and saved. */
export async function chat(desk: Desk, request: string, part: string): Promise<void> {
  await askChat(desk.editor, `${request} ${desk.file}`);
  await isSavedAs(desk, (text) => text.includes(part));
}

/** The first requests to a chat find no language model yet; a new one ends the one before, which may only be slow. */
export async function chatIsReady(desk: Desk): Promise<void> {
  let asked = 0;
  const answers = async (): Promise<boolean> => {
    if (Date.now() - asked > ANSWER_MS) {
      asked = Date.now();
      await askChat(desk.editor, `insert ${desk.file}`);
    }
    return (await desk.editor.textOf(desk.file)).includes('by chat');
  };
  await until(() => desk.editor.inHost(hasModel, null), BUSY_MS, 'a language model');
  await until(answers, 8 * ANSWER_MS, 'an answer of the chat');
}

async function hasModel(vscode: typeof VSCode): Promise<boolean> {
  return (await vscode.lm.selectChatModels({ vendor: 'fake-vendor' })).length > 0;
}

/** Says something to the fake agent in the chat view. */
export async function askChat(editor: Editor, request: string): Promise<void> {
  await editor.run('workbench.action.chat.open', { query: `@fake ${request}`, mode: 'agent' });
}
