import { encodePath } from '../../core/path';

/** A path as a relative URL: every byte that is not a letter, a digit or one of `-._~/` is escaped. */
export function urlPath(path: string): string {
  let url = '';
  for (const byte of encodePath(path)) {
    const char = String.fromCharCode(byte);
    url += /[A-Za-z0-9._~/-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return url;
}
