import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { awsJson } from '#lib/wire/aws-json.ts';
import { wireErrors } from '#lib/wire/errors.ts';
import type { Output } from '#lib/wire/output.ts';

const encoded = (output: Output) => awsJson.encodeAnswer(output).body;

describe('an answer', () => {
  test('leaves out undefined members and spells times in seconds', () => {
    expect(
      awsJson.encodeAnswer({
        GameSession: {
          Name: undefined,
          CreationTime: new Date(1_469_498_468_057),
          TerminationTime: new Date(1_469_498_468_000),
          GameProperties: [{ Key: 'a', Value: '2016-07-26T02:01:08.057Z' }],
          Port: 7777,
        },
        NextToken: undefined,
      }),
    ).toEqual({
      status: 200,
      body:
        '{"GameSession":{"CreationTime":1469498468.057,"TerminationTime":1469498468,' +
        '"GameProperties":[{"Key":"a","Value":"2016-07-26T02:01:08.057Z"}],"Port":7777}}',
    });
  });

  test('spells any time with the milliseconds that it has, in lists too', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('2200-01-01'), noInvalidDate: true }), (time) => {
        const [, seconds = '', fraction = ''] =
          /^\{"T":\[(\d+)(?:\.(\d{1,3}))?\]\}$/.exec(String(encoded({ T: [time] }))) ?? [];
        expect(Number(seconds) * 1000 + Number(fraction.padEnd(3, '0'))).toBe(time.getTime());
      }),
    );
  });
});

describe('an error', () => {
  test('of the game service has its bare name and a Message', () => {
    expect(awsJson.encodeError({ name: 'GameSessionFullException', message: 'No "open" slot.' })).toEqual({
      status: 400,
      body: '{"__type":"GameSessionFullException","Message":"No \\"open\\" slot."}',
    });
  });

  test('of the front end has its bare name and a message', () => {
    expect(awsJson.encodeError({ name: 'UnknownOperationException', message: 'No such operation.' })).toEqual(
      {
        status: 400,
        body: '{"__type":"UnknownOperationException","message":"No such operation."}',
      },
    );
  });

  test('is the caller’s, with status 400, unless it is the one of the service itself', () => {
    const failures = Object.entries(wireErrors).filter(([, { status }]) => status !== 400);
    expect(failures.map(([name, { status }]) => [name, status])).toEqual([['InternalServiceException', 500]]);
  });
});
