import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  decodePath,
  decodeUtf8,
  encodePath,
  encodeUtf8,
  fromByteString,
  percentDecodePath,
  percentEncodePath,
  toByteString,
} from '../../src/core/path';

/** Bytes around the edges of UTF-8, where decoders differ. */
const edgeBytes = fc.constantFrom(
  0x7f,
  0x80,
  0xbf,
  0xc0,
  0xc1,
  0xc2,
  0xdf,
  0xe0,
  0xed,
  0xef,
  0xf0,
  0xf4,
  0xf5,
  0xff,
);
const anyBytes = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 255 }), edgeBytes, fc.constantFrom(0x8f, 0x90, 0x9f, 0xa0)))
  .map((bytes) => Uint8Array.from(bytes));

describe('a path', () => {
  const decoded: readonly [string, readonly number[], string][] = [
    ['ASCII', [0x61, 0x2f, 0x62], 'a/b'],
    ['two bytes', [0xc3, 0xa9], 'é'],
    ['three bytes', [0xe2, 0x82, 0xac], '€'],
    ['four bytes', [0xf0, 0x9f, 0x98, 0x80], '😀'],
    ['the last code point', [0xf4, 0x8f, 0xbf, 0xbf], '\u{10ffff}'],
    ['Latin-1', [0x63, 0x61, 0x66, 0xe9], 'caf\udce9'],
    ['an overlong slash', [0xc0, 0xaf], '\udcc0\udcaf'],
    ['an overlong three-byte form', [0xe0, 0x80, 0xaf], '\udce0\udc80\udcaf'],
    ['a surrogate', [0xed, 0xb2, 0x80], '\udced\udcb2\udc80'],
    ['beyond the last code point', [0xf4, 0x90, 0x80, 0x80], '\udcf4\udc90\udc80\udc80'],
    ['a cut sequence', [0xe2, 0x82], '\udce2\udc82'],
    ['a cut sequence before a character', [0xe2, 0x82, 0x61], '\udce2\udc82a'],
  ];
  for (const [name, bytes, text] of decoded) {
    it(`decodes ${name}`, () => {
      assert.equal(decodePath(Uint8Array.from(bytes)), text);
      assert.deepEqual([...encodePath(text)], bytes);
    });
  }

  it('survives as any bytes', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => assert.deepEqual([...encodePath(decodePath(bytes))], [...bytes])),
      { numRuns: 2000 },
    );
  });

  it('decodes valid UTF-8 as the platform does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const bytes = Buffer.from(text, 'utf8');
        assert.equal(decodeUtf8(bytes), bytes.toString('utf8'));
        assert.deepEqual([...encodeUtf8(text)], [...bytes]);
      }),
    );
  });

  it('writes a surrogate that stands for no byte as U+FFFD', () => {
    assert.deepEqual([...encodePath('\ud800x\udc7f')], [0xef, 0xbf, 0xbd, 0x78, 0xef, 0xbf, 0xbd]);
  });
});

describe('a byte string', () => {
  it('holds a text as its UTF-8 bytes', () => {
    assert.equal(toByteString('Zoë'), 'Zo\xc3\xab');
    assert.equal(fromByteString('Zo\xc3\xab'), 'Zoë');
    assert.equal(fromByteString('Zo\xeb'), 'Zo\udceb');
  });

  it('survives decoding', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const text = String.fromCharCode(...bytes);
        assert.equal(toByteString(fromByteString(text)), text);
      }),
    );
  });
});

describe('a path in a trailer', () => {
  const encoded: readonly [string, string][] = [
    ['src/pay/charge.ts', 'src/pay/charge.ts'],
    ['a b', 'a%20b'],
    ['100%', '100%25'],
    ['#1@x"y":z', '%231%40x%22y%22%3Az'],
    ["it's~(ok)[!]{$}&*+,;=?^`|<>\\", "it's~(ok)[!]{$}&*+,;=?^`|<>\\"],
    ['new\nline\ttab\x7f', 'new%0Aline%09tab%7F'],
    ['é€😀', '%C3%A9%E2%82%AC%F0%9F%98%80'],
    ['caf\udce9', 'caf%E9'],
  ];
  for (const [path, text] of encoded) {
    it(`is ${text}`, () => {
      assert.equal(percentEncodePath(path), text);
      assert.equal(percentDecodePath(text), path);
    });
  }

  it('takes small hex digits too', () => assert.equal(percentDecodePath('%c3%a9'), 'é'));

  for (const text of [
    '',
    '%',
    'a%2',
    '%zz',
    '%+1',
    '% 1',
    'a%00b',
    'a\x00',
    'a b',
    'caf\xe9',
    '\x7f',
    'tab\t',
  ]) {
    it(`is not ${JSON.stringify(text)}`, () => assert.equal(percentDecodePath(text), null));
  }

  it('survives for every path git can have, in printable ASCII without # and @', () => {
    const paths = anyBytes.filter((bytes) => bytes.length > 0 && !bytes.includes(0));
    fc.assert(
      fc.property(paths, (bytes) => {
        const path = decodePath(bytes);
        const text = percentEncodePath(path);
        assert.match(text, /^[!-~]+$/);
        assert.doesNotMatch(text, /[#@":]/);
        assert.equal(percentDecodePath(text), path);
      }),
      { numRuns: 1000 },
    );
  });
});
