import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Host, hostPrefix, parseSessionItem, spellHost } from '#lib/table/session-item.ts';
import { activateSession, beginEnd, putSession } from '#lib/table/session-requests.ts';

/** The requests to DynamoDB about sessions that server processes host, to the letter, and how a host is spelled. */

const now = 1_000_000;
const host: Host = {
  processHash: 'process',
  computeName: 'rack-1',
  port: 7_777,
  ipAddress: '10.0.0.1',
  dnsName: 'rack-1.example.com',
};

const session = {
  sessionKey: '0session',
  fleetHash: 'fleet',
  status: 'ACTIVATING',
  capacity: 4,
  createdAt: now,
  reservationTime: undefined,
} as const;

describe('a session that a server process hosts', () => {
  test('says at its creation which one, in few bytes', () => {
    const { Item } = putSession({ ...session, host });
    expect(Item).toMatchObject({ st: 'ACTIVATING', h: 'process rack-1 7777 10.0.0.1 rack-1.example.com' });
    expect(parseSessionItem(Item).host).toEqual(host);
    expect(putSession({ ...session, host: { ...host, dnsName: undefined } }).Item['h']).toBe(
      'process rack-1 7777 10.0.0.1',
    );
  });

  test('becomes ACTIVE if it waits for that, and for this process', () => {
    expect(activateSession('session', { createdAt: now, host, now: now + 5 })).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "#fs = :wasACTIVATING AND begins_with(h, :host)",
        "ExpressionAttributeNames": {
          "#fs": "fs",
        },
        "ExpressionAttributeValues": {
          ":active": "ACTIVE",
          ":events": 1,
          ":fs": "ACTIVE#1000000",
          ":host": "process rack-1 ",
          ":now": 1000005,
          ":wasACTIVATING": "ACTIVATING#1000000",
        },
        "Key": {
          "pk": "SESSION#session",
          "sk": "SESSION",
        },
        "ReturnValues": "ALL_NEW",
        "UpdateExpression": "SET v = v + :events, t = :now, st = :active, #fs = :fs",
      }
    `);
  });

  test('takes no more players once somebody has asked for its end', () => {
    const end = { sessionKey: 'session', createdAt: now, endedBy: 'request', now: now + 5 };
    expect(beginEnd({ ...end, reason: 'TRIGGERED_ON_PROCESS_TERMINATE' })).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "(#fs = :wasACTIVATING OR #fs = :wasACTIVE)",
        "ExpressionAttributeNames": {
          "#by": "by",
          "#fs": "fs",
        },
        "ExpressionAttributeValues": {
          ":by": "request",
          ":events": 1,
          ":fs": "TERMINATING#1000000",
          ":now": 1000005,
          ":terminating": "TERMINATING",
          ":wasACTIVATING": "ACTIVATING#1000000",
          ":wasACTIVE": "ACTIVE#1000000",
          ":why": "TRIGGERED_ON_PROCESS_TERMINATE",
        },
        "Key": {
          "pk": "SESSION#session",
          "sk": "SESSION",
        },
        "ReturnValues": "ALL_NEW",
        "UpdateExpression": "SET v = v + :events, t = :now, st = :terminating, #fs = :fs, why = :why, #by = :by",
      }
    `);
  });
});

const anyHash = fc.stringMatching(/^[0-9A-Za-z]{11}$/);
const anyHost: fc.Arbitrary<Host> = fc.record({
  processHash: anyHash,
  computeName: fc.stringMatching(/^[a-zA-Z0-9-]{1,40}(\/[a-zA-Z0-9-]{1,40})?$/),
  port: fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined }),
  ipAddress: fc.option(fc.oneof(fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[0-9A-Fa-f:.]{1,128}$/)), {
    nil: undefined,
  }),
  dnsName: fc.option(fc.stringMatching(/^[0-9a-zA-Z_.-]{1,256}$/), { nil: undefined }),
});

describe('a host', () => {
  const read = (h: string) => parseSessionItem({ ...putSession(session).Item, h }).host;

  test('is read as it was spelled, whatever the API takes for a name or an address', () => {
    fc.assert(
      fc.property(anyHost, (any) => {
        const text = spellHost(any);
        expect(read(text)).toEqual(any);
        expect(text.startsWith(hostPrefix(any))).toBe(true);
      }),
    );
  });

  test('begins like no other', () => {
    fc.assert(
      fc.property(anyHost, anyHost, (one, other) => {
        fc.pre(one.processHash !== other.processHash || one.computeName !== other.computeName);
        expect(spellHost(other).startsWith(hostPrefix(one))).toBe(false);
      }),
    );
    const longer = { ...host, computeName: `${host.computeName}0` };
    expect(spellHost(longer).startsWith(hostPrefix(host))).toBe(false);
  });

  test('is none where no process hosts the session, also in what was stored before there were hosts', () => {
    expect(read('')).toBeUndefined();
    const { h: _, ...old } = putSession(session).Item;
    expect(parseSessionItem(old).host).toBeUndefined();
    expect(putSession(session).Item['h']).toBe('');
  });
});
