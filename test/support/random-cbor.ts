import fc from 'fast-check';

/** Writes the head of an item in 1, 2, 3, 5 or 9 bytes, of which the smallest that hold the argument, or more. */
function head(major: number, argument: number, spare: number): Buffer {
  const fitting =
    argument < 24 ? 0 : argument < 2 ** 8 ? 1 : argument < 2 ** 16 ? 2 : argument < 2 ** 32 ? 3 : 4;
  const width = Math.min(fitting + spare, 4);
  if (width === 0) return Buffer.of((major << 5) | argument);
  const bytes = Buffer.alloc(9);
  bytes.writeBigUInt64BE(BigInt(argument), 1);
  const start = 8 - 2 ** (width - 1);
  bytes[start] = (major << 5) | (23 + width);
  return bytes.subarray(start);
}

const startOfParts = (major: number) => Buffer.of((major << 5) | 31);
const end = Buffer.of(0xff);

const spare = fc.constantFrom(0, 0, 0, 1, 4);

const integer = fc
  .tuple(fc.constantFrom(0, 1), fc.oneof(fc.nat(300), fc.maxSafeNat()), spare)
  .map(([major, argument, more]) => head(major, argument, more));

const float = fc
  .tuple(fc.constantFrom(0xf9, 0xfa, 0xfb), fc.uint8Array({ minLength: 8, maxLength: 8 }))
  .map(([first, bytes]) => Buffer.of(first, ...bytes.subarray(0, 2 ** (first - 0xf8))));

const simple = fc.constantFrom(0xf4, 0xf5, 0xf6, 0xf7).map((first) => Buffer.of(first));

const time = fc.oneof(integer, float).map((seconds) => Buffer.concat([Buffer.of(0xc1), seconds]));

const chunk = (major: number, content: Buffer, more: number) =>
  Buffer.concat([head(major, content.length, more), content]);

const text = fc
  .tuple(fc.string({ unit: 'binary' }), spare)
  .map(([content, more]) => chunk(3, Buffer.from(content.toWellFormed()), more));

/** Any but the one that is refused. */
const key = text.filter((content) => !content.includes('__proto__'));

const bytes = fc.tuple(fc.uint8Array(), spare).map(([content, more]) => chunk(2, Buffer.from(content), more));

const inParts = (major: number, part: fc.Arbitrary<Buffer>) =>
  fc.array(part, { maxLength: 3 }).map((parts) => Buffer.concat([startOfParts(major), ...parts, end]));

const container = (major: number, entry: fc.Arbitrary<Buffer>) =>
  fc
    .tuple(fc.array(entry, { maxLength: 30, size: 'small' }), spare, fc.boolean())
    .map(([entries, more, isIndefinite]) =>
      isIndefinite
        ? Buffer.concat([startOfParts(major), ...entries, end])
        : Buffer.concat([head(major, entries.length, more), ...entries]),
    );

const entryOf = (key: fc.Arbitrary<Buffer>, value: fc.Arbitrary<Buffer>) =>
  fc.tuple(key, value).map((entry) => Buffer.concat(entry));

const { item, map } = fc.letrec<{ item: Buffer; list: Buffer; map: Buffer }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.oneof(integer, float, simple, time, text, bytes, inParts(3, text), inParts(2, bytes)),
    tie('list'),
    tie('map'),
  ),
  list: container(4, tie('item')),
  map: container(5, entryOf(key, tie('item'))),
}));

/** One item of CBOR as Smithy RPC v2 uses it, in any of the ways to write it. */
export const cborItem: fc.Arbitrary<Buffer> = item;

/** A map of them. */
export const cborMap: fc.Arbitrary<Buffer> = map;
