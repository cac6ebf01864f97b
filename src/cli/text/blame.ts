import type { Blamed, BlamedOrigin } from '../../app/blame';
import { printable } from '../streams';
import { agentText } from './origin';
import { columns, type Style } from './style';

/** Every line of a file behind the commit it comes from and its class. */
export function blameText({ lines }: Blamed, style: Style): string {
  const width = String(lines.length).length;
  const heads = columns(lines.map((line) => [...headOf(line), `${String(line.line).padStart(width)})`]));
  return lines
    .map(({ text }, at) =>
      `${style.quiet(heads[at] ?? '')} ${printable(text.replace(/\r?\n$/, ''))}`.trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

const NOT_COMMITTED = '(not yet)';
const ABBREVIATED = NOT_COMMITTED.length;

function headOf(line: BlamedOrigin): string[] {
  const commit = line.commit?.slice(0, ABBREVIATED) ?? NOT_COMMITTED;
  return [commit, line.class, agentText(line)];
}
