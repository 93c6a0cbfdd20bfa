import { describe, expect, test } from 'vitest';
import { computesOfFleet, putCompute } from '#lib/table/compute-items.ts';
import { allFleets, putFleet, putLocation } from '#lib/table/fleet-items.ts';
import { keyOf, sessionKeyIn } from '#lib/table/keys.ts';
import { noteAccepted, noteLeft, noteRenewed, putPlayer } from '#lib/table/player-requests.ts';
import { acceptSeat, releaseSeat, takeSeats } from '#lib/table/seat-requests.ts';
import { acceptedSeat, parseSessionItem } from '#lib/table/session-item.ts';
import {
  playersOfSession,
  recordsOfPlayer,
  searchableSessionsOfShard,
  sessionsOfShard,
  wholeSession,
} from '#lib/table/session-queries.ts';
import {
  endSession,
  putData,
  putPayload,
  putSession,
  replacePayload,
  unlist,
} from '#lib/table/session-requests.ts';

/** The requests to DynamoDB, to the letter: what they are conditional on, what they write, and what they cost. */

const deadline = 1_060_000;
const now = 1_000_000;
const lease = { from: now, usualTime: 60_000 };

describe('the seats of a session', () => {
  test('one player takes an open slot', () => {
    const change = { take: ['0seat'], fromOpen: 1, reclaim: [], renew: [], keep: [] };
    expect(takeSeats('session', change, lease)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "st = :active AND attribute_not_exists(deny) AND #open >= :fromOpen AND attribute_not_exists(s.#0seat)",
        "ExpressionAttributeNames": {
          "#0seat": "0seat",
          "#dt": "dt",
          "#l": "l",
          "#open": "open",
        },
        "ExpressionAttributeValues": {
          ":active": "ACTIVE",
          ":events": 1,
          ":fromOpen": 1,
          ":lookAt": "1060000",
          ":now": 1000000,
          ":shard": "3",
          ":usualTime": 60000,
        },
        "Key": {
          "pk": "SESSION#session",
          "sk": "SESSION",
        },
        "ReturnValues": "UPDATED_NEW",
        "UpdateExpression": "SET v = v + :events, t = :now, #open = #open - :fromOpen, s.#0seat = if_not_exists(rt, :usualTime) + :now, #l = :shard, #dt = if_not_exists(#dt, :lookAt)",
      }
    `);
  });

  test('a party takes one open slot and two lapsed ones, renews a seat of its own and keeps another, in one write', () => {
    const change = {
      take: ['a', 'b', 'c'],
      fromOpen: 1,
      reclaim: [
        { token: 'x', value: 900_001 },
        { token: 'y', value: 900_002 },
      ],
      renew: [{ token: 'd', value: 900_003 }],
      keep: [{ token: 'e', value: 1_030_000 }],
    };
    expect(takeSeats('session', change, lease)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "st = :active AND attribute_not_exists(deny) AND #open >= :fromOpen AND attribute_not_exists(s.#a) AND attribute_not_exists(s.#b) AND attribute_not_exists(s.#c) AND s.#x = :seen0 AND s.#y = :seen1 AND s.#d = :seen2 AND s.#e = :seen3",
        "ExpressionAttributeNames": {
          "#a": "a",
          "#b": "b",
          "#c": "c",
          "#d": "d",
          "#dt": "dt",
          "#e": "e",
          "#l": "l",
          "#open": "open",
          "#x": "x",
          "#y": "y",
        },
        "ExpressionAttributeValues": {
          ":active": "ACTIVE",
          ":events": 7,
          ":fromOpen": 1,
          ":lookAt": "1060000",
          ":now": 1000000,
          ":seen0": 900001,
          ":seen1": 900002,
          ":seen2": 900003,
          ":seen3": 1030000,
          ":shard": "3",
          ":usualTime": 60000,
        },
        "Key": {
          "pk": "SESSION#session",
          "sk": "SESSION",
        },
        "ReturnValues": "UPDATED_NEW",
        "UpdateExpression": "SET v = v + :events, t = :now, #open = #open - :fromOpen, s.#a = if_not_exists(rt, :usualTime) + :now, s.#b = if_not_exists(rt, :usualTime) + :now, s.#c = if_not_exists(rt, :usualTime) + :now, s.#d = if_not_exists(rt, :usualTime) + :now, #l = :shard, #dt = if_not_exists(#dt, :lookAt) REMOVE s.#x, s.#y",
      }
    `);
  });

  test('the largest party stays within what DynamoDB takes: 4 KB an expression, 300 operators', () => {
    const seat = (kind: string) => (_: unknown, i: number) => ({
      token: `${kind}${i}`.padEnd(11, '0'),
      value: 1_777_777_777_777,
    });
    const take = Array.from({ length: 25 }, seat('t')).map(({ token }) => token);
    const reclaim = Array.from({ length: 25 }, seat('r'));
    const change = { take, fromOpen: 0, reclaim, renew: [], keep: [] };
    const request = takeSeats('session', change, { from: 1_777_777_777_777, usualTime: 60_000 });
    for (const expression of [request.ConditionExpression ?? '', request.UpdateExpression ?? '']) {
      expect(Buffer.byteLength(expression)).toBeLessThan(4_096);
      expect(expression.match(/ AND |=|\+|-|attribute_/g)?.length).toBeLessThan(300);
    }
  });

  test('a player is accepted before the deadline, once, in a session that is active', () => {
    expect(acceptSeat('session', 'seat', now)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "s.#seat > :now AND s.#seat < :accepted AND st = :active",
        "ExpressionAttributeNames": {
          "#seat": "seat",
        },
        "ExpressionAttributeValues": {
          ":accepted": 1000000000000000,
          ":active": "ACTIVE",
          ":now": 1000000,
          ":one": 1,
        },
        "Key": {
          "pk": "SESSION#session",
          "sk": "SESSION",
        },
        "UpdateExpression": "SET s.#seat = :accepted, v = v + :one, t = :now",
      }
    `);
  });

  test('a seat is released at the exact value that was seen, in a session that has not ended', () => {
    expect(releaseSeat('session', { token: 'seat', value: acceptedSeat }, now)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "s.#seat = :seen AND attribute_not_exists(#end)",
        "ExpressionAttributeNames": {
          "#end": "end",
          "#open": "open",
          "#seat": "seat",
        },
        "ExpressionAttributeValues": {
          ":now": 1000000,
          ":one": 1,
          ":seen": 1000000000000000,
        },
        "Key": {
          "pk": "SESSION#session",
          "sk": "SESSION",
        },
        "UpdateExpression": "SET #open = #open + :one, v = v + :one, t = :now REMOVE s.#seat",
      }
    `);
  });
});

describe('a session', () => {
  const session = {
    sessionKey: '0session',
    fleetHash: 'fleet',
    status: 'ACTIVE',
    capacity: 4,
    createdAt: now,
    reservationTime: undefined,
  } as const;

  const payload = {
    fleetId: 'fleet-1',
    fleetHash: 'fleet',
    location: 'custom-1',
    id: 'gsess-1',
    createdAt: now,
    asked: 'hash',
    protection: 'NoProtection',
    hasData: false,
    rev: 0,
    lookAt: now + 604_800_000,
  } as const;

  test('is put where there is none', () => {
    expect(putSession(session)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "attribute_not_exists(pk)",
        "Item": {
          "cap": 4,
          "f": "fleet#0",
          "fs": "ACTIVE#1000000",
          "h": "",
          "open": 4,
          "pk": "SESSION#0session",
          "rt": undefined,
          "s": {},
          "sk": "SESSION",
          "st": "ACTIVE",
          "t": 1000000,
          "v": 0,
        },
      }
    `);
  });

  test('is new when every slot is open', () => {
    expect(parseSessionItem(putSession(session).Item)).toMatchObject({
      status: 'ACTIVE',
      capacity: 4,
      open: 4,
      seats: {},
      version: 0,
      createdAt: now,
    });
  });

  test('is named by its payload, which is put where there is none', () => {
    const properties = [{ key: 'map', value: 'dust' }];
    expect(putPayload('session', { ...payload, properties, hasData: true })).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "attribute_not_exists(pk)",
        "Item": {
          "asked": "hash",
          "createdAt": 1000000,
          "dt": "605800000",
          "fleetId": "fleet-1",
          "hasData": true,
          "id": "gsess-1",
          "l": "3",
          "location": "custom-1",
          "pk": "SESSION#session",
          "properties": "[["map","dust"]]",
          "protection": "NoProtection",
          "rev": 0,
          "shard": "fleet#3",
          "sk": "PAYLOAD",
        },
      }
    `);
  });

  test('takes the name of one that is gone, if its payload is still the one that was seen, or gone too', () => {
    expect(replacePayload('session', payload, { ...payload, createdAt: 5 })).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "attribute_not_exists(pk) OR createdAt = :old",
        "ExpressionAttributeValues": {
          ":old": 5,
        },
        "Item": {
          "asked": "hash",
          "createdAt": 1000000,
          "dt": "605800000",
          "fleetId": "fleet-1",
          "hasData": undefined,
          "id": "gsess-1",
          "l": "3",
          "location": "custom-1",
          "pk": "SESSION#session",
          "properties": undefined,
          "protection": "NoProtection",
          "rev": 0,
          "shard": "fleet#3",
          "sk": "PAYLOAD",
        },
      }
    `);
  });

  test('keeps its data in an item of its own', () => {
    expect(putData('session', '{}', now)).toEqual({
      Item: { pk: 'SESSION#session', sk: 'DATA', data: '{}', createdAt: now },
    });
  });

  test('leaves the search when it has ended', () => {
    expect(unlist('session', 1_000_000)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "createdAt = :createdAt",
        "ExpressionAttributeNames": {
          "#dt": "dt",
          "#l": "l",
          "#shard": "shard",
        },
        "ExpressionAttributeValues": {
          ":createdAt": 1000000,
        },
        "Key": {
          "pk": "SESSION#session",
          "sk": "PAYLOAD",
        },
        "UpdateExpression": "REMOVE #shard, #l, #dt",
      }
    `);
  });

  test('ends once', () => {
    const end = {
      createdAt: now,
      endedAt: now + 5,
      reason: 'FORCE_TERMINATED',
      endedBy: 'request',
      removeAfter: 9,
    };
    expect(endSession({ sessionKey: 'session', ...end })).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "attribute_exists(pk) AND attribute_not_exists(#end)",
        "ExpressionAttributeNames": {
          "#by": "by",
          "#dt": "dt",
          "#end": "end",
          "#fs": "fs",
          "#l": "l",
          "#ttl": "ttl",
        },
        "ExpressionAttributeValues": {
          ":by": "request",
          ":events": 1,
          ":fs": "TERMINATED#1000000",
          ":now": 1000005,
          ":terminated": "TERMINATED",
          ":ttl": 9,
          ":why": "FORCE_TERMINATED",
        },
        "Key": {
          "pk": "SESSION#session",
          "sk": "SESSION",
        },
        "ReturnValues": "ALL_NEW",
        "UpdateExpression": "SET v = v + :events, t = :now, st = :terminated, #fs = :fs, #end = :now, #ttl = :ttl, #by = :by, why = :why REMOVE #l, #dt",
      }
    `);
  });

  test('is read whole by one query', () => {
    expect(wholeSession('session')).toMatchInlineSnapshot(`
      {
        "ExpressionAttributeValues": {
          ":pk": "SESSION#session",
        },
        "KeyConditionExpression": "pk = :pk",
      }
    `);
  });

  test('is found by its fleet, in one of the shards', () => {
    expect(sessionsOfShard('fleet', 7, undefined)).toMatchInlineSnapshot(`
      {
        "ExpressionAttributeNames": {
          "#f": "f",
        },
        "ExpressionAttributeValues": {
          ":f": "fleet#7",
        },
        "IndexName": "sessionsByFleet",
        "KeyConditionExpression": "#f = :f",
      }
    `);
  });

  test('is found by its fleet for a search, in one of the shards', () => {
    expect(searchableSessionsOfShard('fleet', 7)).toMatchInlineSnapshot(`
      {
        "ExpressionAttributeNames": {
          "#shard": "shard",
        },
        "ExpressionAttributeValues": {
          ":shard": "fleet#7",
        },
        "IndexName": "searchableSessions",
        "KeyConditionExpression": "#shard = :shard",
      }
    `);
  });

  test('is found by its fleet and its status', () => {
    expect(sessionsOfShard('fleet', 0, 'ACTIVE')).toMatchInlineSnapshot(`
      {
        "ExpressionAttributeNames": {
          "#f": "f",
          "#fs": "fs",
        },
        "ExpressionAttributeValues": {
          ":f": "fleet#0",
          ":status": "ACTIVE#",
        },
        "IndexName": "sessionsByFleet",
        "KeyConditionExpression": "#f = :f AND begins_with(#fs, :status)",
      }
    `);
  });
});

describe('a player', () => {
  const record = {
    token: 'seat',
    playerId: 'ada',
    playerData: undefined,
    sessionReference: 'fleet-1/custom-1/gsess-1',
    createdAt: now,
    deadline,
    acceptedAt: undefined,
    leftAt: undefined,
  };

  test('is recorded where there is no record, apart from the session', () => {
    expect(putPlayer('session', 'hash', record)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "attribute_not_exists(pk)",
        "Item": {
          "created": 1000000,
          "data": undefined,
          "deadline": 1060000,
          "id": "ada",
          "p": "hash",
          "pc": "1000000",
          "pk": "PLAYERS#session",
          "ref": "fleet-1/custom-1/gsess-1",
          "sk": "seat",
        },
      }
    `);
  });

  test('whose reservation a late retry has renewed is remembered with the later deadline', () => {
    expect(noteRenewed('session', 'seat', deadline)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "deadline < :deadline",
        "ExpressionAttributeValues": {
          ":deadline": 1060000,
        },
        "Key": {
          "pk": "PLAYERS#session",
          "sk": "seat",
        },
        "UpdateExpression": "SET deadline = :deadline",
      }
    `);
  });

  test('is noted as accepted for the first time, if recorded', () => {
    expect(noteAccepted('session', 'seat', now)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "attribute_exists(pk)",
        "ExpressionAttributeValues": {
          ":at": 1000000,
        },
        "Key": {
          "pk": "PLAYERS#session",
          "sk": "seat",
        },
        "ReturnValues": "ALL_NEW",
        "UpdateExpression": "SET accepted = if_not_exists(accepted, :at)",
      }
    `);
  });

  test('is noted as gone for the first time, if recorded', () => {
    expect(noteLeft('session', 'seat', now)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "attribute_exists(pk)",
        "ExpressionAttributeNames": {
          "#left": "left",
        },
        "ExpressionAttributeValues": {
          ":at": 1000000,
        },
        "Key": {
          "pk": "PLAYERS#session",
          "sk": "seat",
        },
        "ReturnValues": "ALL_NEW",
        "UpdateExpression": "SET #left = if_not_exists(#left, :at)",
      }
    `);
  });

  test('is found with all others of the session', () => {
    expect(playersOfSession('session')).toMatchInlineSnapshot(`
      {
        "ExpressionAttributeValues": {
          ":pk": "PLAYERS#session",
        },
        "KeyConditionExpression": "pk = :pk",
      }
    `);
  });

  test('is found in all sessions by the hash of the player id', () => {
    expect(recordsOfPlayer('hash')).toMatchInlineSnapshot(`
      {
        "ExpressionAttributeNames": {
          "#p": "p",
        },
        "ExpressionAttributeValues": {
          ":p": "hash",
        },
        "IndexName": "playerSessionsByPlayer",
        "KeyConditionExpression": "#p = :p",
        "ScanIndexForward": false,
      }
    `);
  });
});

describe('fleets and locations', () => {
  test('a fleet is put where there is none', () => {
    const fleet = { fleetId: 'fleet-1', name: 'One', createdAt: now, locations: ['custom-1'] };
    expect(putFleet({ ...fleet, protectionPolicy: 'NoProtection' })).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "attribute_not_exists(pk)",
        "Item": {
          "createdAt": 1000000,
          "fleetId": "fleet-1",
          "locations": [
            "custom-1",
          ],
          "name": "One",
          "pk": "FLEETS",
          "protectionPolicy": "NoProtection",
          "sk": "fleet-1",
        },
      }
    `);
  });

  test('a location is put where there is none', () => {
    expect(putLocation({ name: 'custom-1', createdAt: now, createdBy: 'request' })).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "attribute_not_exists(pk)",
        "Item": {
          "createdAt": 1000000,
          "createdBy": "request",
          "name": "custom-1",
          "pk": "LOCATIONS",
          "sk": "custom-1",
        },
      }
    `);
  });

  test('fleets are listed in one partition', () => {
    expect(allFleets).toMatchInlineSnapshot(`
      {
        "ExpressionAttributeValues": {
          ":pk": "FLEETS",
        },
        "KeyConditionExpression": "pk = :pk",
      }
    `);
  });
});

describe('computes', () => {
  test('one is put where its fleet has none of its name', () => {
    const compute = { fleetId: 'fleet-1', name: 'rack-1', location: 'custom-1', createdAt: now };
    expect(putCompute({ ...compute, ipAddress: '10.0.0.1' })).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "attribute_not_exists(pk)",
        "Item": {
          "createdAt": 1000000,
          "fleetId": "fleet-1",
          "ipAddress": "10.0.0.1",
          "location": "custom-1",
          "name": "rack-1",
          "pk": "COMPUTES#fleet-1",
          "sk": "rack-1",
        },
      }
    `);
  });

  test('those of a fleet are listed in a partition of their own', () => {
    expect(computesOfFleet('fleet-1')).toMatchInlineSnapshot(`
      {
        "ExpressionAttributeValues": {
          ":pk": "COMPUTES#fleet-1",
        },
        "KeyConditionExpression": "pk = :pk",
      }
    `);
  });
});

describe('a key', () => {
  test('is read off whatever an index holds', () => {
    expect(keyOf({ pk: 'SESSION#a', sk: 'SESSION', f: 'fleet#1', fs: 'ACTIVE#1' })).toEqual({
      pk: 'SESSION#a',
      sk: 'SESSION',
    });
  });

  test.each(['SESSION#abc', 'PLAYERS#abc'])('%s names its session', (pk) => {
    expect(sessionKeyIn({ pk, sk: 'any' })).toBe('abc');
  });
});
