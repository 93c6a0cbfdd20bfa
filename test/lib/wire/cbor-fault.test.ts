import { cbor } from '@smithy/core/cbor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findCborFault } from '#lib/wire/cbor-fault.ts';
import { cborItem } from '#test/support/random-cbor.ts';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const truncated = /ends within an item$/;
const reserved = /has a kind of value that Smithy RPC v2 has not$/;
const badKey = /map key that is not a text string of definite length$/;
const badTag = /a tag that is not 1 with a number/;

describe('bytes that are no CBOR of this protocol are told apart before anything reads them', () => {
  test.each<[string, string, RegExp]>([
    ['nothing at all', '', truncated],
    ['a number without its bytes', '19 01', truncated],
    ['a list of four thousand million entries that are not there', '9a ffffffff', truncated],
    ['a list of more entries than can be counted', '9b ffffffffffffffff', truncated],
    ['a map of as many', 'bb ffffffffffffffff', truncated],
    ['a map that lacks a value', 'a1 6161', truncated],
    ['text that is longer than the body', '78 05 61', truncated],
    ['text of more bytes than can be counted', '7b ffffffffffffffff 61', truncated],
    ['a list that never ends', '9f 01', truncated],
    ['a map that never ends', 'bf 6161 01', truncated],
    ['text that never ends', '7f 6161', truncated],
    ['a tag of nothing', 'c1', truncated],
    ['a length of a kind that does not exist', '1c', reserved],
    ['a number of indefinite length', '1f', reserved],
    ['a break outside of everything', 'ff', reserved],
    ['a break in a list of definite length', '81 ff', reserved],
    ['a break where a value should be', 'bf 6161 ff', reserved],
    ['a simple value that nobody knows', 'e0', reserved],
    ['a simple value of two bytes', 'f8 20', reserved],
    ['text in parts of another kind', '7f 4161 ff', reserved],
    ['text in parts that are in parts', '7f 7f 6161 ff ff', reserved],
    ['a key that is a number', 'a1 01 02', badKey],
    ['a key that is bytes', 'a1 4161 02', badKey],
    ['a key in parts', 'a1 7f 6161 ff 02', badKey],
    ['a key that is a map', 'a1 a0 02', badKey],
    ['a break for a key', 'a1 ff', badKey],
    ['a key that no object can hold', 'a1 69 5f5f70726f746f5f5f a0', /the map key __proto__/],
    ['text that is no UTF-8', '61 ff', /not UTF-8$/],
    ['text that ends within a character', '7f 61 c3 61 a4 ff', /not UTF-8$/],
    ['a key that is no UTF-8', 'a1 61 ff 01', /not UTF-8$/],
    ['half of a surrogate pair', '63 eda0bd', /not UTF-8$/],
    ['a tag that is no time', 'c0 60', badTag],
    ['a big number', 'c2 41 01', badTag],
    ['a decimal fraction', 'c4 82 1a 0fffffff 01', badTag],
    ['a decimal fraction, its tag in two bytes', 'd8 04 82 1a 0fffffff 01', badTag],
    ['a tag of eight bytes', 'db ffffffffffffffff 00', badTag],
    ['a time that is text', 'c1 60', badTag],
    ['a time of a time', 'c1 c1 00', badTag],
    ['more behind the value', 'a0 00', /has more behind/],
  ])('%s', (_, hex, fault) => {
    expect(findCborFault(bytes(hex))).toMatch(fault);
  });

  test.each<[string, string, string]>([
    ['lists', '81', ''],
    ['lists of indefinite length', '9f', 'ff'],
    ['maps', 'a1 60', ''],
  ])('%s that nest deeper than 32', (_, start, end) => {
    const nested = (depth: number) => bytes(`${start.repeat(depth)} 00 ${end.repeat(depth)}`);
    expect(findCborFault(nested(32))).toBeUndefined();
    expect(findCborFault(nested(33))).toMatch(/deeper than 32/);
    expect(findCborFault(nested(1_000_000))).toMatch(/deeper than 32/);
  });
});

test('what may be sent passes, and is read without a word', () => {
  fc.assert(
    fc.property(cborItem, (body) => {
      expect(findCborFault(body)).toBeUndefined();
      cbor.deserialize(body);
    }),
    { numRuns: 1_000 },
  );
});

test('what passes of bytes that are nearly right is read without a word', () => {
  const change = fc.record({ at: fc.nat(), to: fc.nat(255) });
  fc.assert(
    fc.property(cborItem, fc.array(change, { maxLength: 3 }), (item, changes) => {
      const body = Buffer.from(item);
      for (const { at, to } of changes) body[at % body.length] = to;
      if (findCborFault(body) === undefined) cbor.deserialize(body);
    }),
    { numRuns: 5_000 },
  );
});

test('what ends too early is found out', () => {
  fc.assert(
    fc.property(cborItem, fc.nat(), (body, length) => {
      fc.pre(body.length > 1);
      expect(findCborFault(body.subarray(0, length % body.length))).toMatch(truncated);
    }),
  );
});
