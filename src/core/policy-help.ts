import { policyJsonSchema } from './policy-json-schema';
import { policyPlace, type PolicyPlace } from './policy-place';

/** What can be written at a place of a policy. */
export interface PolicyProposal {
  readonly kind: 'key' | 'value';
  readonly text: string;
  /** null: the schema says nothing of it. */
  readonly description: string | null;
  /** What a key is followed by: a value on the same line, or a map or list below it. */
  readonly opens: boolean;
}

export interface PolicyProposals {
  readonly proposals: readonly PolicyProposal[];
  /** Where what has been written of it begins; 0-based column. */
  readonly column: number;
}

export interface PolicyMeaning {
  readonly key: string;
  readonly description: string | null;
  readonly values: readonly string[];
}

/** Answers from the schema of the policy, made once. Lines and columns are 0-based, UTF-16. */
export interface PolicyHelp {
  /** What the schema has for a place; nothing where names are free. */
  proposalsAt(text: string, line: number, column: number): PolicyProposals;
  /** What the key at a place, or of the value there, means; null where the schema says nothing. */
  meaningAt(text: string, line: number, column: number): PolicyMeaning | null;
}

export function openPolicyHelp(): PolicyHelp {
  const root = policyJsonSchema() as Schema;
  return Object.freeze({
    proposalsAt(text: string, line: number, column: number): PolicyProposals {
      const place = policyPlace(text, line, column);
      if (place === null) return { proposals: [], column };
      const schemas = schemasAt(root, place.path);
      const keys = place.expects === 'value' ? [] : schemas.flatMap((schema) => keysOf(root, schema));
      const values = place.expects === 'key' ? [] : schemas.flatMap(valuesOf);
      return { proposals: distinct([...keys, ...values]), column: place.column };
    },
    meaningAt(text: string, line: number, column: number): PolicyMeaning | null {
      const place = wordAt(text, line, column);
      const key = place?.path.at(-1) ?? null;
      if (place === null || key === null) return null;
      const schemas = schemasAt(root, place.path);
      const description = descriptionOf(schemas);
      const values = distinct(schemas.flatMap(valuesOf)).map((value) => value.text);
      return description === null && values.length === 0 ? null : { key, description, values };
    },
  });
}

/** The place with the whole word that the column is in; of a key, the place of its value. */
function wordAt(text: string, line: number, column: number): PolicyPlace | null {
  const own = text.split('\n')[line] ?? '';
  const end = column + (/^[\w-]*/.exec(own.slice(column))?.[0].length ?? 0);
  const isKey = /^["']?\s*:(?:\s|$)/.test(own.slice(end));
  return policyPlace(text, line, isKey ? own.indexOf(':', end) + 1 : end);
}

// ---- the schema

interface Schema {
  readonly type?: string;
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly enum?: readonly string[];
  readonly const?: string | number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly description?: string;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

function schemasAt(root: Schema, path: readonly (string | null)[]): Schema[] {
  let schemas = opened(root, root);
  for (const step of path) schemas = schemas.flatMap((schema) => inside(root, schema, step));
  return schemas;
}

function inside(
  root: Schema,
  { properties, additionalProperties, items }: Schema,
  step: string | null,
): Schema[] {
  if (step === null) return items ? opened(root, items) : [];
  const own = properties && Object.hasOwn(properties, step) ? properties[step] : undefined;
  if (own) return opened(root, own);
  return typeof additionalProperties === 'object' ? opened(root, additionalProperties) : [];
}

/** A schema with what it refers to; several where it is one of several. */
function opened(root: Schema, schema: Schema): Schema[] {
  const { $ref, allOf = [], oneOf = [] } = schema;
  const named = $ref === undefined ? undefined : root.definitions?.[$ref.replace('#/definitions/', '')];
  const others = [...(named ? [named] : []), ...allOf, ...oneOf];
  return [schema, ...others.flatMap((each) => opened(root, each))];
}

function descriptionOf(schemas: readonly Schema[]): string | null {
  return schemas.find(({ description }) => description !== undefined)?.description ?? null;
}

function keysOf(root: Schema, { properties = {} }: Schema): PolicyProposal[] {
  return Object.entries(properties).map(([text, schema]) => {
    const all = opened(root, schema);
    const opens = all.some(({ type }) => type === 'object' || type === 'array');
    return { kind: 'key', text, description: descriptionOf(all), opens };
  });
}

function valuesOf(schema: Schema): PolicyProposal[] {
  const { minimum, maximum, description = null } = schema;
  const numbers =
    minimum === undefined || maximum === undefined || schema.type !== 'integer'
      ? []
      : Array.from({ length: maximum - minimum + 1 }, (_, at) => minimum + at);
  const values = [...(schema.enum ?? []), ...(schema.const === undefined ? [] : [schema.const]), ...numbers];
  return values.map((value) => ({ kind: 'value', text: String(value), description, opens: false }));
}

function distinct(proposals: readonly PolicyProposal[]): PolicyProposal[] {
  return [...new Map(proposals.map((proposal) => [`${proposal.kind} ${proposal.text}`, proposal])).values()];
}
