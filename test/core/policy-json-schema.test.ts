import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import Ajv from 'ajv';
import { policyJsonSchema } from '../../src/core/policy-json-schema';
import { readRootFile } from '../../src/core/policy-file';
import { readYaml } from '../../src/core/yaml-text';

const SCHEMA = resolve('dist/policy.schema.json');

/** Policies that both the editor and we take, and such that neither does. */
const TEXTS: readonly (readonly [takes: boolean, text: string])[] = [
  [true, 'version: 1'],
  [true, 'version: 1\nsystems:\n  a: { tier: 0, paths: [x], owners: ["@a"], description: b }'],
  [
    true,
    'version: 1\ntiers:\n  1: { warn: off, commit: block, until: 2027-01-01, detail: full, approvals: 2 }',
  ],
  [true, 'version: 1\nexempt: [{ author: "*", paths: ["**"] }]\ninclude: [a.yml]'],
  [true, 'version: 1\nimport: [{ kind: datadog, files: x }, { kind: backstage, files: x, tierFrom: a.b }]'],
  [false, 'version: 2'],
  [false, 'systems: {}'],
  [false, 'version: 1\nsystem: {}'],
  [false, 'version: 1\nsystems:\n  a: { tier: 10, paths: [x] }'],
  [false, 'version: 1\nsystems:\n  a: { tier: "1", paths: [x] }'],
  [false, 'version: 1\nsystems:\n  a: { tier: 1, paths: [] }'],
  [false, 'version: 1\nsystems:\n  a: { tier: 1, paths: [""] }'],
  [false, 'version: 1\nsystems:\n  a: { tier: 1 }'],
  [false, 'version: 1\ntiers:\n  11: {}'],
  [false, 'version: 1\ntiers:\n  1: { commit: refuse }'],
  [false, 'version: 1\nimport: [{ kind: backstage, files: x }]'],
  [false, 'version: 1\nimport: [{ kind: cortex, files: x }]'],
  [false, 'version: 1\nexempt: [{ author: "*" }]'],
];

describe('the JSON Schema of the policy', () => {
  it('is built beside the programs, from what reads the file', () =>
    assert.deepEqual(
      JSON.parse(readFileSync(SCHEMA, 'utf8')),
      JSON.parse(JSON.stringify(policyJsonSchema())),
    ));

  const validate = new Ajv({ strict: false }).compile(policyJsonSchema());
  for (const [takes, text] of TEXTS) {
    it(`${takes ? 'takes' : 'refuses'} ${JSON.stringify(text)}`, () => {
      const read = readYaml(text);
      assert.ok(read.kind === 'documents');
      const value: unknown = JSON.parse(JSON.stringify(read.documents[0]?.value));
      assert.equal(validate(value), takes, JSON.stringify(validate.errors));
      assert.equal(readRootFile(text).kind === 'root', takes);
    });
  }
});
