import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeJsonBody } from '#lib/wire/json-body.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('a request body', () => {
  test('is a JSON object', () => {
    expect(decodeJsonBody(bytes('{"PlayerId":"🎮","Limit":5}'))).toEqual({
      kind: 'ok',
      value: { PlayerId: '🎮', Limit: 5 },
    });
  });

  test('may be empty, which means no input', () => {
    expect(decodeJsonBody(bytes(''))).toEqual({ kind: 'ok', value: {} });
  });

  test.each(['[]', 'null', '5', '"{}"', 'true'])('is malformed when it is other JSON: %s', (body) => {
    expect(decodeJsonBody(bytes(body))).toEqual({
      kind: 'malformed',
      message: 'The request body must be a JSON object',
    });
  });

  test.each([' ', '{', '{"a":1,}', "{'a':1}", '{"a":NaN}', '{}{}', '\ufeff{}', '<xml/>'])(
    'is malformed when it is not JSON: %j',
    (body) => {
      expect(decodeJsonBody(bytes(body)).kind).toBe('malformed');
    },
  );

  test('is malformed when it is not UTF-8', () => {
    expect(decodeJsonBody(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)).kind).toBe('malformed');
  });

  test('is never quoted when it is malformed', () => {
    expect(JSON.stringify(decodeJsonBody(bytes('{"PlayerId":"ann" oops')))).not.toContain('ann');
  });

  test('may nest as deep as it likes without harm', () => {
    const depth = 1_000_000;
    expect(decodeJsonBody(bytes(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`)).kind).toBe('ok');
    expect(decodeJsonBody(bytes('{"a":'.repeat(depth))).kind).toBe('malformed');
  });

  test('cannot change the prototype of what it decodes to', () => {
    const decoded = decodeJsonBody(bytes('{"__proto__":{"polluted":true}}'));
    expect(decoded.kind === 'ok' && Object.getPrototypeOf(decoded.value)).toBe(Object.prototype);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test('decodes to what any bytes hold, or is malformed, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.json().map(bytes)), (body) => {
        expect(['ok', 'malformed']).toContain(decodeJsonBody(body).kind);
      }),
    );
  });
});
