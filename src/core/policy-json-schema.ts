import { POLICY_SCHEMA } from './policy-schema';
import * as z from './schema';

/** The JSON Schema of `.hunkmark.yml`, for editors. What a pattern may be, and which days there are, it does not say. */
export function policyJsonSchema(): object {
  const schema = z.toJSONSchema(POLICY_SCHEMA, { target: 'draft-7', io: 'input', reused: 'ref' });
  return { title: 'Hunkmark policy', ...schema };
}
