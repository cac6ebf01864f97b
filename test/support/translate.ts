import type { Translate } from '../../src/extension/views/text/words';

/** English, as the editor gives it where no translation is installed. */
export const english: Translate = (message, ...args) =>
  message.replace(/\{(\d+)\}/g, (placeholder, index: string) => String(args[Number(index)] ?? placeholder));
