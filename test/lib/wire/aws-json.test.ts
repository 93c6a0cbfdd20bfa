import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeAwsJson, encodeAwsJson, encodeErrorAwsJson } from '#lib/wire/aws-json.ts';
import { wireErrors } from '#lib/wire/errors.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('a request body', () => {
  test('is a JSON object', () => {
    expect(decodeAwsJson(bytes('{"PlayerId":"🎮","Limit":5}'))).toEqual({
      kind: 'ok',
      value: { PlayerId: '🎮', Limit: 5 },
    });
  });

  test('may be empty, which means no input', () => {
    expect(decodeAwsJson(bytes(''))).toEqual({ kind: 'ok', value: {} });
  });

  test.each(['[]', 'null', '5', '"{}"', 'true'])('is malformed when it is other JSON: %s', (body) => {
    expect(decodeAwsJson(bytes(body))).toEqual({
      kind: 'malformed',
      message: 'The request body must be a JSON object',
    });
  });

  test.each([' ', '{', '{"a":1,}', "{'a':1}", '{"a":NaN}', '{}{}', '\ufeff{}', '<xml/>'])(
    'is malformed when it is not JSON: %j',
    (body) => {
      expect(decodeAwsJson(bytes(body)).kind).toBe('malformed');
    },
  );

  test('is malformed when it is not UTF-8', () => {
    expect(decodeAwsJson(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)).kind).toBe('malformed');
  });

  test('is never quoted when it is malformed', () => {
    expect(JSON.stringify(decodeAwsJson(bytes('{"PlayerId":"ann" oops')))).not.toContain('ann');
  });

  test('may nest as deep as it likes without harm', () => {
    const depth = 1_000_000;
    expect(decodeAwsJson(bytes(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`)).kind).toBe('ok');
    expect(decodeAwsJson(bytes('{"a":'.repeat(depth))).kind).toBe('malformed');
  });

  test('cannot change the prototype of what it decodes to', () => {
    const decoded = decodeAwsJson(bytes('{"__proto__":{"polluted":true}}'));
    expect(decoded.kind === 'ok' && Object.getPrototypeOf(decoded.value)).toBe(Object.prototype);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test('decodes to what any bytes hold, or is malformed, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.json().map(bytes)), (body) => {
        expect(['ok', 'malformed']).toContain(decodeAwsJson(body).kind);
      }),
    );
  });
});

describe('an answer', () => {
  test('leaves out undefined members and spells times in seconds', () => {
    expect(
      encodeAwsJson({
        GameSession: {
          Name: undefined,
          CreationTime: new Date(1_469_498_468_057),
          TerminationTime: new Date(1_469_498_468_000),
          GameProperties: [{ Key: 'a', Value: '2016-07-26T02:01:08.057Z' }],
          Port: 7777,
        },
        NextToken: undefined,
      }),
    ).toBe(
      '{"GameSession":{"CreationTime":1469498468.057,"TerminationTime":1469498468,' +
        '"GameProperties":[{"Key":"a","Value":"2016-07-26T02:01:08.057Z"}],"Port":7777}}',
    );
  });

  test('spells any time with the milliseconds that it has, in lists too', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('2200-01-01'), noInvalidDate: true }), (time) => {
        const [, seconds = '', fraction = ''] =
          /^\{"T":\[(\d+)(?:\.(\d{1,3}))?\]\}$/.exec(encodeAwsJson({ T: [time] })) ?? [];
        expect(Number(seconds) * 1000 + Number(fraction.padEnd(3, '0'))).toBe(time.getTime());
      }),
    );
  });
});

describe('an error', () => {
  test('of the game service has its bare name and a Message', () => {
    expect(encodeErrorAwsJson({ name: 'GameSessionFullException', message: 'No "open" slot.' })).toEqual({
      status: 400,
      body: '{"__type":"GameSessionFullException","Message":"No \\"open\\" slot."}',
    });
  });

  test('of the front end has its bare name and a message', () => {
    expect(encodeErrorAwsJson({ name: 'UnknownOperationException', message: 'No such operation.' })).toEqual({
      status: 400,
      body: '{"__type":"UnknownOperationException","message":"No such operation."}',
    });
  });

  test('is the caller’s, with status 400, unless it is the one of the service itself', () => {
    const failures = Object.entries(wireErrors).filter(([, { status }]) => status !== 400);
    expect(failures).toEqual([['InternalServiceException', { status: 500, messageMember: 'Message' }]]);
  });
});
