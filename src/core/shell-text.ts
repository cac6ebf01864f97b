/**
 * The simple commands of a shell script as lists of words, quotes taken off, as far as they can be seen without running
 * anything: those of command substitutions and subshells too, not what a variable holds. `>` and `<` are words of their
 * own. The text of a here-document is no command unless a shell reads it. Time is linear in the script.
 */
export function simpleCommands(script: string): readonly (readonly string[])[] {
  const found: string[][] = [];
  readScript(script.slice(0, LONGEST), found, 0);
  return found;
}

/** Whether a script starts something that may go on when it has ended, as far as its text says so. */
export function leavesRunning(script: string): boolean {
  const bare = script.slice(0, LONGEST).replace(/\\[^]|'[^']*'|"(?:[^"\\]|\\[^])*"/g, '_');
  return (
    /(?<![&<>|])&(?![&>\d])/.test(bare) || /(?<![\w-])(?:nohup|setsid|disown|daemonize)(?![\w-])/.test(bare)
  );
}

/** In UTF-16 units; a command is a few lines. */
const LONGEST = 256 * 1024;
/** How deep substitutions are looked into. */
const DEEPEST = 8;
const SHELL = /^(?:.*\/)?(?:ba|da|z|k)?sh$/;

interface Reader {
  readonly script: string;
  readonly found: string[][];
  readonly depth: number;
  at: number;
  words: string[];
  /** The word that is being read; null: none. */
  word: string | null;
  /** Here-documents whose text begins after this line. */
  documents: { readonly end: string; readonly isIndented: boolean; readonly isScript: boolean }[];
}

function readScript(script: string, found: string[][], depth: number): void {
  if (depth > DEEPEST) return;
  const reader: Reader = { script, found, depth, at: 0, words: [], word: null, documents: [] };
  while (reader.at < script.length) readNext(reader);
  endCommand(reader);
}

function readNext(reader: Reader): void {
  const { script } = reader;
  const sign = script.charAt(reader.at++);
  if (sign === '\n') {
    endCommand(reader);
    skipDocuments(reader);
  } else if (sign === ' ' || sign === '\t' || sign === '\r') endWord(reader);
  else if (';&|()'.includes(sign)) endCommand(reader);
  else if (sign === '#' && reader.word === null) reader.at = endOr(script.indexOf('\n', reader.at), script);
  else if (sign === '<' && script.startsWith('<', reader.at) && !script.startsWith('<<', reader.at))
    readDocumentName(reader);
  else if (sign === '<' || sign === '>') {
    endWord(reader);
    reader.words.push(sign);
    while ('<>&|'.includes(script.charAt(reader.at) || ' ')) reader.at++;
  } else readIntoWord(reader, sign);
}

function readIntoWord(reader: Reader, sign: string): void {
  const { script } = reader;
  reader.word ??= '';
  if (sign === '\\') {
    const next = script.charAt(reader.at++);
    if (next !== '\n') reader.word += next;
  } else if (sign === "'") {
    const end = endOr(script.indexOf("'", reader.at), script);
    reader.word += script.slice(reader.at, end);
    reader.at = end + 1;
  } else if (sign === '"') readQuoted(reader);
  else if (sign === '`') readSubstitution(reader, endOr(script.indexOf('`', reader.at), script));
  else if (sign === '$' && script.startsWith('(', reader.at)) {
    reader.at++;
    readSubstitution(reader, closingParenthesis(script, reader.at));
  } else reader.word += sign;
}

function readQuoted(reader: Reader): void {
  const { script } = reader;
  while (reader.at < script.length) {
    const sign = script.charAt(reader.at++);
    if (sign === '"') return;
    if (sign === '\\' && '"\\$`\n'.includes(script.charAt(reader.at))) readIntoWord(reader, sign);
    else if (sign === '`' || (sign === '$' && script.startsWith('(', reader.at))) readIntoWord(reader, sign);
    else reader.word += sign;
  }
}

function readSubstitution(reader: Reader, end: number): void {
  readScript(reader.script.slice(reader.at, end), reader.found, reader.depth + 1);
  reader.word = `${reader.word ?? ''}$()`;
  reader.at = end + 1;
}

/** Quotes and brackets within are passed over; a here-document with a single bracket in it ends the search early or late. */
function closingParenthesis(script: string, from: number): number {
  let depth = 1;
  for (let at = from; at < script.length; at++) {
    const sign = script.charAt(at);
    if (sign === '\\') at++;
    else if (sign === "'") at = endOr(script.indexOf("'", at + 1), script);
    else if (sign === '(') depth++;
    else if (sign === ')' && --depth === 0) return at;
  }
  return script.length;
}

function readDocumentName(reader: Reader): void {
  const name = /^<(-?)[ \t]*(?:'([^'\n]*)'|"([^"\n]*)"|\\?([^\s;&|()<>'"]+))/.exec(
    reader.script.slice(reader.at, reader.at + 256),
  );
  if (!name) return;
  endWord(reader);
  reader.at += name[0].length;
  reader.documents.push({
    end: name[2] ?? name[3] ?? name[4] ?? '',
    isIndented: name[1] === '-',
    isScript: SHELL.test(reader.words[0] ?? ''),
  });
}

function skipDocuments(reader: Reader): void {
  for (const { end, isIndented, isScript } of reader.documents.splice(0)) {
    const start = reader.at;
    let stop = start;
    while (reader.at < reader.script.length) {
      stop = reader.at;
      const lineEnd = endOr(reader.script.indexOf('\n', reader.at), reader.script);
      const line = reader.script.slice(reader.at, lineEnd);
      reader.at = lineEnd + 1;
      if ((isIndented ? line.replace(/^\t+/, '') : line) === end) break;
      stop = reader.at;
    }
    if (isScript) readScript(reader.script.slice(start, stop), reader.found, reader.depth + 1);
  }
}

function endWord(reader: Reader): void {
  if (reader.word !== null) reader.words.push(reader.word);
  reader.word = null;
}

function endCommand(reader: Reader): void {
  endWord(reader);
  if (reader.words.length > 0) reader.found.push(reader.words);
  reader.words = [];
}

function endOr(found: number, script: string): number {
  return found < 0 ? script.length : found;
}
