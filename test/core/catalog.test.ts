import assert from 'node:assert/strict';
import { readCatalog } from '../../src/core/catalog';
import type { CatalogImport } from '../../src/core/policy-file';
import { proposePolicy } from '../../src/core/propose';

function rule(
  kind: CatalogImport['kind'],
  tierFrom: string | null = null,
  scale: readonly (readonly [string, number])[] = [],
): CatalogImport {
  const files = { pattern: '**', from: { file: '.hunkmark.yml', line: 1 } };
  return { kind, files, tierFrom, scale: new Map(scale) };
}

/** `NAME TIER OWNERS PATTERNS LINE`, one a system; then what was left out. */
function told(read: ReturnType<typeof readCatalog>): string[] {
  return [
    ...read.systems.map(
      ({ name, tier, owners, patterns }) =>
        `${name} ${tier} ${owners.join('+')} ${patterns.map(({ pattern }) => pattern).join('+')} ${patterns[0]?.from.line}`,
    ),
    ...read.unsupported.map(({ what, from }) => `${from.file}:${from.line}: ${what}`),
  ];
}

const BACKSTAGE = `# what we run
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: artist-lookup
  namespace: default
  description: Artist Lookup
  labels:
    example.com/tier: "1"
  annotations:
    github.com/project-slug: org/artist
    example.com/criticality: Gold
  tags: [java]
spec:
  type: service
  lifecycle: production
  owner: group:default/artists
  system: artist-engagement-portal
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: artist-api
  labels:
    example.com/tier: tier-2
spec:
  owner: team-a
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: artists
  labels:
    example.com/tier: "1"
---
apiVersion: v1
kind: Service
metadata:
  name: kubernetes
  labels:
    example.com/tier: "1"
`;

/** As the vendor documents version 2.2. */
const DATADOG_V2 = `schema-version: v2.2
dd-service: shopping-cart
team: e-commerce-team
contacts:
  - name: Support Email
    type: email
    contact: team@shopping.com
description: shopping cart service
tier: high
lifecycle: production
languages:
  - go
integrations:
  pagerduty:
    service-url: https://www.pagerduty.com/service-directory/Pshopping-cart
extensions:
  mycompany.com/shopping-cart:
    customField: customValue
`;

/** As the vendor documents version 3. */
const DATADOG_V3 = `apiVersion: v3
kind: service
metadata:
  name: shopping-cart
  displayName: Shopping Cart
  owner: e-commerce-team
  additionalOwners:
    - name: product-team
      type: operator
  contacts:
    - name: Support Email
      type: email
      contact: team@shopping.com
spec:
  lifecycle: production
  tier: "1"
  type: web
datadog:
  codeLocations:
    - repositoryURL: https://github.com/org/shop.git
      paths:
        - services/cart/**
        - ./libs/cart/*.go
    - repositoryURL: https://github.com/org/other.git
      paths: []
`;

describe('a catalog', () => {
  it('of Backstage has its tier where the policy says, and covers the folder of its file', () => {
    const file = 'services/artist/catalog-info.yaml';
    assert.deepEqual(
      told(readCatalog(rule('backstage', 'metadata.labels.example.com/tier'), file, BACKSTAGE)),
      [
        'artist-lookup 1 group:default/artists /services/artist/** 5',
        'artist-api 2 team-a /services/artist/** 23',
      ],
    );
  });

  it('has words that the scale of its import explains, and others are said to be left out', () => {
    const from = 'metadata.annotations.example.com/criticality';
    assert.deepEqual(
      told(readCatalog(rule('backstage', from, [['gold', 0]]), 'catalog-info.yaml', BACKSTAGE)),
      ['artist-lookup 0 group:default/artists /** 5'],
    );
    assert.deepEqual(told(readCatalog(rule('backstage', from), 'a/catalog-info.yaml', BACKSTAGE)), [
      'a/catalog-info.yaml:12: the tier "Gold" of "artist-lookup" is no number from 0 to 9 and not in the scale of its import; it is left out',
    ]);
  });

  it('of Datadog is read in versions 2 and 3', () => {
    assert.deepEqual(told(readCatalog(rule('datadog'), 'cart/service.datadog.yaml', DATADOG_V2)), [
      'shopping-cart 1 e-commerce-team /cart/** 2',
    ]);
    assert.deepEqual(told(readCatalog(rule('datadog'), 'cart/entity.datadog.yaml', DATADOG_V3)), [
      'shopping-cart 1 e-commerce-team+product-team /services/cart/**+/libs/cart/*.go 4',
    ]);
    const without = DATADOG_V3.replace('  tier: "1"\n', '');
    assert.deepEqual(told(readCatalog(rule('datadog'), 'x.yaml', without)), []);
  });

  it('that cannot be read is left out, and so is a path that is none', () => {
    const [left = '', ...more] = told(readCatalog(rule('datadog'), 'a/b.yaml', 'name: ${{ values.x }}\n{%'));
    assert.match(left, /^a\/b\.yaml:\d: it cannot be read and is left out: \S/);
    assert.deepEqual(more, []);
    const odd = DATADOG_V3.replace('services/cart/**', 'services/**cart**/x');
    assert.deepEqual(told(readCatalog(rule('datadog'), 'e.yaml', odd)), [
      'shopping-cart 1 e-commerce-team+product-team /libs/cart/*.go 4',
      'e.yaml:4: the path "/services/**cart**/x" of "shopping-cart" is left out: ** before a slash has to stand alone, as in a/**/b',
    ]);
    const folder = readCatalog(rule('datadog'), 'we[i]rd*/e.yaml', DATADOG_V2);
    assert.equal(folder.systems[0]?.patterns[0]?.pattern, '/we\\[i]rd\\*/**');
  });
});

describe('a proposal', () => {
  it('has the owners and catalogs of a repository, and leaves the tiers to a person', () => {
    const codeowners = `# who
*            @org/everybody
/services/pay/  @org/pay @ana   # money
*.tf         @org/infra
/docs/       @org/pay @ana
[Section]
!/nothing    @x
/unowned/
`;
    const text = proposePolicy({ path: '.github/CODEOWNERS', text: codeowners }, [
      { path: 'services/cart/entity.datadog.yaml', text: DATADOG_V3 },
      { path: 'a/catalog-info.yaml', text: 'not: [closed' },
    ]);
    assert.equal(
      text,
      `# A proposal. Type a tier for each system, 0 to 9, lower is more critical; take out what needs none.
version: 1
systems:
  "pay": # from ".github/CODEOWNERS"
    tier:
    owners: ["@org/pay","@ana"]
    paths:
      - "/services/pay/"
      - "/docs/"
  "infra": # from ".github/CODEOWNERS"
    tier:
    owners: ["@org/infra"]
    paths:
      - "*.tf"
  "shopping-cart": # from "services/cart/entity.datadog.yaml"
    tier:
    owners: ["e-commerce-team","product-team"]
    paths:
      - "/services/cart/**"
      - "/libs/cart/*.go"
tiers:
  1:
    warn: warning
    commit: acknowledge
    provenance: expected
  2:
    warn: information
`,
    );
    assert.equal(proposePolicy(null, []), null);
  });
});
