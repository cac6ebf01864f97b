import { BOILERPLATE } from '../support/line-model';

export function keyOf(text: string): string {
  return text.replace(/\s+/g, '');
}

const WEIGHTLESS = new Set([...BOILERPLATE, ')', '};', 'function', ');'].map(keyOf));

/** Words of its own; the generators write no line of little weight but these. */
export function isWeighty(text: string): boolean {
  const key = keyOf(text);
  return key !== '' && !WEIGHTLESS.has(key) && !WEIGHTLESS.has(`${key};`) && /[a-z]{5}/.test(key);
}
