import {
  Composer,
  CST,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  Parser,
  type Document,
  type Node,
  type YAMLMap,
} from 'yaml';

/** One document of a YAML text as plain values, with the places where they stand. */
export interface YamlDocument {
  /** Maps are objects without a prototype; their keys are texts, and none stands twice. */
  readonly value: unknown;
  /** Where the value at this path of keys and indexes stands, or the deepest value above it that there is. */
  placeOf(path: readonly PropertyKey[]): Place;
  /** Where this key of the map at `path` stands. */
  placeOfKey(path: readonly PropertyKey[], key: string): Place;
}

/** 1-based; a column counts UTF-16 units. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface YamlProblem extends Place {
  readonly what: string;
}

export type YamlRead =
  | { readonly kind: 'documents'; readonly documents: readonly YamlDocument[] }
  | ({ readonly kind: 'problem' } & YamlProblem);

/*
 * The parser of the package goes on after an error and collects thousands of them, recurses with the text's depth and
 * compares every key with every other. So what a hostile text could do with that is refused on the tokens, which are
 * cheap, before anything is composed.
 */
/** What 256 KiB of systems come to; blanks and comments cost little and are not counted. */
const MOST_TOKENS = 60_000;
const MOST_LINES = 20_000;
const DEEPEST = 24;

/** YAML 1.2 without aliases, anchors and tags, within limits that no map of systems comes near. Never throws. */
export function readYaml(text: string): YamlRead {
  const starts = lineStarts(text);
  const lexed = lex(text, starts);
  if (!Array.isArray(lexed)) return { kind: 'problem', ...lexed };
  try {
    const documents = [...new Composer(OPTIONS).compose(parsed(lexed))];
    for (const document of documents) {
      const found = problemOf(document);
      if (found) return { kind: 'problem', ...placeAt(starts, found.at), what: found.what };
    }
    return { kind: 'documents', documents: documents.map((document) => readable(starts, document)) };
  } catch (error) {
    const what = error instanceof Error ? error.message : 'it cannot be read';
    return { kind: 'problem', line: 1, column: 1, what: firstSentence(what) };
  }
}

const OPTIONS = {
  version: '1.2',
  schema: 'core',
  merge: false,
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent',
} as const;

/** What the package does with a text, of the tokens that it has been cut into already. */
function* parsed(tokens: readonly string[]): Generator<CST.Token> {
  const parser = new Parser();
  for (const token of tokens) yield* parser.next(token);
  yield* parser.end();
}

// ---- what is refused on the tokens

const REFUSED: ReadonlyMap<string, string> = new Map([
  ['alias', 'anchors and aliases are not read here; write the value out'],
  ['anchor', 'anchors and aliases are not read here; write the value out'],
  ['tag', 'tags are not read here'],
  ['directive-line', 'directives are not read here'],
  ['flow-error-end', 'a bracket is not closed'],
]);
const GOES_DOWN: ReadonlySet<string> = new Set(['seq-item-ind', 'explicit-key-ind', 'map-value-ind']);

/**
 * The tokens of a text, or why it is refused; among other things for how deep the parser would have to go: brackets that
 * are open, and `- ? :` that follow each other on a line.
 */
function lex(text: string, starts: readonly number[]): string[] | YamlProblem {
  let [at, onLine, commaBefore] = [0, 0, false];
  let [count, lines, isBlank] = [0, 0, true];
  const tokens: string[] = [];
  const brackets: number[] = [];
  const here = (what: string, offset = at): YamlProblem => ({ ...placeAt(starts, offset), what });
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token);
    tokens.push(token);
    if (!isBlankSpace(type) && !isMark(type)) {
      if (++count > MOST_TOKENS) return here(`more than this file may hold: over ${MOST_TOKENS} tokens`);
      if (isBlank && ++lines > MOST_LINES)
        return here(`more than this file may hold: over ${MOST_LINES} lines`);
      isBlank = false;
    } else if (type === 'newline') isBlank = true;
    const refused = REFUSED.get(type ?? '');
    if (refused !== undefined && !/^%YAML 1\.2\s*$/.test(token)) return here(refused);
    if (type === 'comma' && commaBefore) return here('a comma stands behind a comma');
    if (type === 'flow-map-start' || type === 'flow-seq-start') brackets.push(at);
    if (type === 'flow-map-end' || type === 'flow-seq-end') brackets.pop();
    if (type === 'newline') onLine = 0;
    else if (brackets.length === 0 && GOES_DOWN.has(type ?? '')) onLine++;
    if (brackets.length + onLine > DEEPEST) return here('it is nested too deep');
    if (!isBlankSpace(type)) commaBefore = type === 'comma';
    if (!isMark(type)) at += token.length;
  }
  const open = brackets.at(-1);
  return open === undefined ? tokens : here('a bracket is not closed', open);
}

type TokenType = ReturnType<typeof CST.tokenType>;

function isBlankSpace(type: TokenType): boolean {
  return type === 'space' || type === 'newline' || type === 'comment';
}

/** Tokens that say something of the text and are no part of it. */
function isMark(type: TokenType): boolean {
  return type === 'doc-mode' || type === 'flow-error-end' || type === 'scalar';
}

// ---- what is refused in the document

interface Found {
  readonly at: number;
  readonly what: string;
}

function problemOf(document: Document.Parsed): Found | null {
  const [first] = [...document.errors, ...document.warnings];
  if (first) return { at: first.pos[0], what: firstSentence(first.message) };
  return keyProblem(document.contents, 0);
}

function keyProblem(node: unknown, depth: number): Found | null {
  if (isSeq<Node>(node)) return firstOf(node.items, (item) => keyProblem(item, depth + 1));
  if (!isMap<Node, Node | null>(node)) return null;
  if (depth > DEEPEST) return { at: node.range?.[0] ?? 0, what: 'it is nested too deep' };
  const seen = new Set<string>();
  return firstOf(node.items, ({ key, value }) => {
    const at = key.range?.[0] ?? 0;
    if (!isScalar(key) || key.value === null) return { at, what: 'a key has to be a text' };
    const name = keyOf(key);
    if (seen.has(name)) return { at, what: `${quoted(name)} stands here twice` };
    seen.add(name);
    return keyProblem(value, depth + 1);
  });
}

function firstOf<T>(items: readonly T[], problem: (item: T) => Found | null): Found | null {
  for (const item of items) {
    const found = problem(item);
    if (found) return found;
  }
  return null;
}

function firstSentence(message: string): string {
  return message.split('\n', 1)[0]?.replace(/[.:]?\s*$/, '') ?? message;
}

/** A name as messages show it; what comes from a file may be long. */
export function quoted(name: string): string {
  return JSON.stringify(name.length > 60 ? `${name.slice(0, 57)}...` : name);
}

// ---- values and places

function readable(starts: readonly number[], document: Document.Parsed): YamlDocument {
  const root: unknown = document.contents;
  const inMaps: PairsOfMaps = new Map();
  return {
    value: valueOf(root),
    placeOf: (path) => placeAt(starts, startOf(deepest(inMaps, root, path))),
    placeOfKey: (path, key) => {
      const map = deepest(inMaps, root, path);
      const found = isMap<Node>(map) ? pairsIn(inMaps, map).get(key) : undefined;
      return placeAt(starts, found?.key.range?.[0] ?? startOf(map));
    },
  };
}

function valueOf(node: unknown): unknown {
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map(valueOf);
  if (!isMap<Node>(node)) return null;
  const object: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const { key, value } of node.items) object[keyOf(key)] = valueOf(value);
  return object;
}

/** A number or a boolean as a key is the text that stands there. */
function keyOf(key: Node): string {
  return isScalar<string | number | boolean>(key) ? `${key.value}` : '';
}

/** The pairs of the maps that were asked about, by key: a policy asks for a place in the same few maps thousands of times. */
type PairsOfMaps = Map<YAMLMap<Node>, ReadonlyMap<string, KeyAndValue>>;
interface KeyAndValue {
  readonly key: Node;
  readonly value: unknown;
}

function deepest(inMaps: PairsOfMaps, root: unknown, path: readonly PropertyKey[]): unknown {
  let node = root;
  for (const step of path) {
    const next: unknown = isSeq(node)
      ? node.items[Number(step)]
      : isMap<Node>(node)
        ? pairsIn(inMaps, node).get(String(step))?.value
        : undefined;
    if (next === undefined || next === null) return node;
    node = next;
  }
  return node;
}

function pairsIn(inMaps: PairsOfMaps, map: YAMLMap<Node>): ReadonlyMap<string, KeyAndValue> {
  const pairs = inMaps.get(map) ?? new Map(map.items.map((pair) => [keyOf(pair.key), pair]));
  inMaps.set(map, pairs);
  return pairs;
}

function startOf(node: unknown): number {
  return isScalar(node) || isSeq(node) || isMap(node) ? (node.range?.[0] ?? 0) : 0;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function placeAt(starts: readonly number[], offset: number): Place {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}
