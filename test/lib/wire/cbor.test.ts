import { cbor } from '@smithy/core/cbor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rpcV2Cbor } from '#lib/wire/cbor.ts';
import type { Output } from '#lib/wire/output.ts';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const decoded = (hex: string) => rpcV2Cbor.decode(bytes(hex));
const hexOf = (body: string | Uint8Array) => Buffer.from(body).toString('hex');

describe('a request body in CBOR', () => {
  test('is a map of members', () => {
    expect(decoded('a26d47616d6553657373696f6e4964616768506c6179657249646170')).toEqual({
      kind: 'ok',
      value: { GameSessionId: 'g', PlayerId: 'p' },
    });
  });

  test('may be empty, which means no members', () => {
    expect(decoded('')).toEqual({ kind: 'ok', value: {} });
  });

  test.each<[string, string, unknown]>([
    ['a map of indefinite length', 'bf 6161 01 ff', 1],
    ['an empty map inside', 'a1 6161 a0', {}],
    ['a list', 'a1 6161 82 01 02', [1, 2]],
    ['a list of indefinite length', 'a1 6161 9f 01 80 ff', [1, []]],
    ['text of indefinite length', 'a1 6161 7f 6168 60 6169 ff', 'hi'],
    ['text of indefinite length without a part', 'a1 6161 7f ff', ''],
    ['text beyond ASCII', 'a1 6161 64 f09f8eae', '🎮'],
    ['text with a length of eight bytes', 'a1 6161 7b 0000000000000001 78', 'x'],
    ['a negative number', 'a1 6161 38 63', -100],
    ['a number of eight bytes', 'a1 6161 1b 0000000000000005', 5],
    ['a number that a double cannot hold', 'a1 6161 1b ffffffffffffffff', 2n ** 64n - 1n],
    ['a half float', 'a1 6161 f9 3e00', 1.5],
    ['a single float', 'a1 6161 fa 3fc00000', 1.5],
    ['a double', 'a1 6161 fb 3ff8000000000000', 1.5],
    ['true', 'a1 6161 f5', true],
    ['null', 'a1 6161 f6', null],
    ['undefined, which counts as null', 'a1 6161 f7', null],
    ['undefined in a list', 'a1 6161 81 f7', [null]],
  ])('may hold %s', (_, hex, value) => {
    expect(decoded(hex)).toEqual({ kind: 'ok', value: { a: value } });
  });

  test.each([
    ['bytes', '41 00'],
    ['bytes of indefinite length', '5f 4100 40 ff'],
    ['a time', 'c1 1a 5796bf0a'],
    ['a time with a fraction', 'c1 fb 41d5e5afc283a5e3'],
  ])('may hold %s', (_, hex) => {
    expect(decoded(`a1 6161 ${hex}`).kind).toBe('ok');
  });

  test.each([
    ['a list', '80'],
    ['text', '60'],
    ['a number', '05'],
    ['null', 'f6'],
    ['a time', 'c1 05'],
  ])('is malformed when it is %s', (_, hex) => {
    expect(decoded(hex)).toEqual({ kind: 'malformed', message: 'The request body must be a CBOR map' });
  });

  test.each([
    ['with keys that nobody has', 'constructor'],
    ['with keys that nobody has', 'toString'],
  ])('keeps members %s for itself: %s', (_, key) => {
    const body = cbor.serialize({ [key]: 5 });
    expect(rpcV2Cbor.decode(body)).toEqual({ kind: 'ok', value: { [key]: 5 } });
  });
});

describe('an answer in CBOR', () => {
  test('leaves out undefined members, and spells times as tag 1 with seconds', () => {
    const { status, body } = rpcV2Cbor.encodeAnswer({
      Name: undefined,
      CreationTime: new Date(1_469_498_468_000),
      TerminationTime: new Date(1_469_498_468_057),
      List: [{ Port: 7777, NextToken: undefined }],
    });
    expect(status).toBe(200);
    expect(hexOf(body)).toBe(
      hexOf(
        bytes(
          'a3 6c 4372656174696f6e54696d65 c1 1a 5796c464' +
            '6f 5465726d696e6174696f6e54696d65 c1 fb 41d5e5b11903a5e3 64 4c697374 81 a1 64 506f7274 19 1e61',
        ),
      ),
    );
  });

  test('is read by the codec as it was written', () => {
    const text = fc.string({ unit: 'grapheme' });
    const { output } = fc.letrec<{ output: Output; value: Output[string] }>((tie) => ({
      output: fc.dictionary(
        fc.string({ minLength: 1 }).filter((name) => name !== '__proto__'),
        tie('value'),
      ),
      value: fc.oneof({ maxDepth: 4 }, text, fc.integer(), fc.boolean(), fc.array(text), tie('output')),
    }));
    fc.assert(
      fc.property(output, (written) => {
        const { body } = rpcV2Cbor.encodeAnswer(written);
        expect(rpcV2Cbor.decode(Buffer.from(body))).toEqual({ kind: 'ok', value: { ...written } });
      }),
    );
  });
});

describe('an error in CBOR', () => {
  test('of the game service has its absolute shape id and a Message', () => {
    const { status, body } = rpcV2Cbor.encodeError({ name: 'GameSessionFullException', message: 'Full.' });
    expect(status).toBe(400);
    expect(cbor.deserialize(Buffer.from(body))).toEqual({
      __type: 'com.amazonaws.gamelift#GameSessionFullException',
      Message: 'Full.',
    });
  });

  test('of the front end has its absolute shape id and a message', () => {
    const { status, body } = rpcV2Cbor.encodeError({ name: 'UnknownOperationException', message: 'No.' });
    expect(status).toBe(400);
    expect(cbor.deserialize(Buffer.from(body))).toEqual({
      __type: 'com.amazon.coral.service#UnknownOperationException',
      message: 'No.',
    });
  });
});
