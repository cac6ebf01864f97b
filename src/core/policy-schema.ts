import { parsePattern } from './path-pattern';
import { STRICTNESS } from './policy';
import * as z from './schema';

/*
 * The shape of `.hunkmark.yml`. What each `error` says completes "… must be"; the editor's JSON Schema is made from
 * the same objects, with the descriptions.
 */

function described<T extends z.core.$ZodType>(schema: T, description: string): T {
  z.globalRegistry.add(schema, { description });
  return schema;
}

const text = (longest: number) =>
  z.string({ error: `a text of 1 to ${longest} characters` }).check(z.minLength(1), z.maxLength(longest));

/** Why a pattern is none is said by its own parser, behind what zod finds. */
const pattern = described(
  z.string({ error: 'a path pattern, as in .gitignore' }).check(
    z.minLength(1),
    z.refine((value) => !('error' in parsePattern(value))),
  ),
  'A path pattern as in .gitignore, relative to the root of the repository. Case counts; there is no !.',
);
const patterns = () =>
  z
    .array(pattern, { error: 'a list of path patterns' })
    .check(z.minLength(1, { error: 'a list of at least one path pattern' }));

const TIER_ERROR = 'a whole number from 0 to 9, lower is more critical';
const tier = described(
  z
    .int({ error: TIER_ERROR })
    .check(z.minimum(0, { error: TIER_ERROR }), z.maximum(9, { error: TIER_ERROR })),
  'How critical the system is: 0 to 9, lower is more critical.',
);

const system = z.strictObject(
  {
    tier,
    description: z.optional(described(text(500), 'What the system is, for people.')),
    owners: z.optional(
      described(
        z.array(text(200), { error: 'a list of names' }),
        'Who is named when something is asked of a change here.',
      ),
    ),
    paths: described(patterns(), 'The paths that belong to the system.'),
  },
  { error: 'a map with tier and paths' },
);

// eslint-disable-next-line no-control-regex
const NAME = /^[^\u0000-\u001f\u007f-\u009f]{1,100}$/u;
const NAME_ERROR = 'a name of 1 to 100 characters that can be seen';
const systems = described(
  z.record(z.string({ error: NAME_ERROR }).check(z.regex(NAME)), system, {
    error: 'a map from the names of systems to what they are',
  }),
  'The systems of this repository by name.',
);

const oneOf = <const T extends readonly [string, ...string[]]>(words: T) =>
  z.enum(words, { error: `one of ${words.join(', ')}` });

const rules = z.strictObject(
  {
    warn: z.optional(described(oneOf(STRICTNESS.warn), 'How AI lines are shown.')),
    agents: z.optional(described(oneOf(STRICTNESS.agents), 'Whether an agent may write here.')),
    commit: z.optional(
      described(oneOf(STRICTNESS.commit), 'What is asked at the commit. Only block refuses one.'),
    ),
    provenance: z.optional(
      described(
        oneOf(STRICTNESS.provenance),
        'What a commit without provenance is: nothing, a warning, an error.',
      ),
    ),
    unknown: z.optional(described(oneOf(STRICTNESS.unknown), 'What lines of unknown origin are.')),
    override: z.optional(
      described(
        oneOf(STRICTNESS.override),
        'What an AI-Override is in a check: a warning, an error until approved, an error.',
      ),
    ),
    changeRef: z.optional(
      described(text(200), 'A Change-Ref trailer must match this; * and ? are wildcards.'),
    ),
    detail: z.optional(
      described(z.literal('full', { error: 'full' }), 'List every AI range of these files.'),
    ),
    until: z.optional(
      described(
        z.string({ error: 'a day, as in 2027-03-31' }).check(z.regex(/^\d{4}-\d{2}-\d{2}$/), z.refine(isDay)),
        'The last day, UTC, on which these rules count.',
      ),
    ),
    approvals: z.optional(
      described(z.unknown(), 'Reserved. Not enforced by Hunkmark yet: require approvals in your forge.'),
    ),
  },
  { error: 'a map of rules' },
);

const tiers = described(
  z.strictObject(
    Object.fromEntries(Array.from({ length: 10 }, (_, each) => [`${each}`, z.optional(rules)])),
    { error: 'a map from tiers, 0 to 9, to their rules' },
  ),
  'What is asked of a change, by tier.',
);

const exemption = z.strictObject(
  {
    author: described(text(200), "The author's mail address; * and ? are wildcards."),
    paths: described(patterns(), 'The paths that such a commit may touch.'),
  },
  { error: 'a map with author and paths' },
);

const scale = z.optional(
  described(
    z.record(z.string({ error: 'a text' }), tier, { error: 'a map from words to tiers' }),
    'What the words of the catalog mean, as in { gold: 1 }. Numbers and critical, high, medium, low need no entry.',
  ),
);
const imported = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({
      kind: z.literal('backstage'),
      files: pattern,
      tierFrom: described(text(200), 'Where the tier stands in an entity, as in metadata.labels.tier.'),
      scale,
    }),
    z.strictObject({
      kind: z.literal('datadog'),
      files: pattern,
      tierFrom: z.optional(
        described(text(200), 'Where the tier stands; spec.tier or tier where nothing is said.'),
      ),
      scale,
    }),
  ],
  { error: 'backstage or datadog' },
);

const version = z.literal(1, { error: '1, the only version that this Hunkmark reads' });

export const POLICY_SCHEMA = z.strictObject(
  {
    version,
    systems: z.optional(systems),
    tiers: z.optional(tiers),
    exempt: z.optional(
      described(
        z.array(exemption, { error: 'a list of authors and paths' }),
        'Commits that need no provenance, as those of bots.',
      ),
    ),
    include: z.optional(described(patterns(), 'Files of this repository with more systems.')),
    import: z.optional(
      described(
        z.array(imported, { error: 'a list of catalogs' }),
        'Tier maps that are kept in catalog files.',
      ),
    ),
    approvals: z.optional(
      described(z.unknown(), 'Reserved. Not enforced by Hunkmark yet: require approvals in your forge.'),
    ),
  },
  { error: 'a map that begins with version: 1' },
);

/** What an included file may hold: systems, and nothing that asks for anything. */
export const INCLUDED_SCHEMA = z.strictObject(
  { version: z.optional(version), systems },
  { error: 'a map with systems' },
);

export type WrittenSystem = z.infer<typeof system>;
export type WrittenImport = z.infer<typeof imported>;
export type WrittenRules = z.infer<typeof rules>;

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDay(value: string): boolean {
  const [year = 0, month = 0, day = 0] = value.split('-').map(Number);
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day >= 1 && day <= (month === 2 && !isLeap ? 28 : (DAYS[month - 1] ?? 0));
}
