import { describe, expect, test } from 'vitest';
import { changeRosteredSession, type RosteredChange } from '#lib/table/rostered-change-requests.ts';
import { parseRosteredItem } from '#lib/table/rostered-item.ts';
import { openSessionPosition, putRosterRecord, rosterRecordsOf } from '#lib/table/rostered-records.ts';
import {
  type Arrival,
  admitPlayers,
  describePlace,
  type NewRosteredSession,
  putRosteredSession,
  removeSeat,
} from '#lib/table/rostered-requests.ts';
import { acceptedSeat } from '#lib/table/session-item.ts';

/** The requests to DynamoDB, to the letter: what they are conditional on, what they write, and what they cost. */

const now = 1_000_000;

const facts = {
  variant: 1,
  displayName: 'Contoso Cards',
  customData: Uint8Array.of(1, 2),
  visibility: 'Everyone',
  isClosed: false,
} as const;

const session: NewRosteredSession = {
  sessionKey: '0session',
  sessionId: '702e5aaf-e7bd-4a7c-abea-9dd4be10edec',
  titleId: 1_297_287_259,
  titleHash: 'title',
  creator: '2533274790395904',
  asked: 'hash',
  createdAt: now,
  capacity: 4,
  playersCanBeRemovedBy: 'Self',
  idleTime: 604_800_000,
  facts,
};

const arrival = (token: string, changes: Partial<Arrival> = {}): Arrival => ({
  token,
  xuid: `1${token.length}`,
  gamertag: token.toUpperCase(),
  customData: undefined,
  isReturning: false,
  ...changes,
});

const openSlots = (...take: readonly string[]) => ({
  take,
  fromOpen: take.length,
  reclaim: [],
  renew: [],
  keep: [],
});

describe('a session with a roster', () => {
  test('is put where there is none, in one item, and listed where strangers may find it', () => {
    expect(putRosteredSession(session)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "attribute_not_exists(pk)",
        "Item": {
          "acl": "Self",
          "ask": "hash",
          "cap": 4,
          "cd": Uint8Array [
            1,
            2,
          ],
          "cr": "2533274790395904",
          "deny": undefined,
          "dn": "Contoso Cards",
          "dt": "605800000",
          "f": "title#0",
          "fs": "ACTIVE#1000000",
          "id": "702e5aaf-e7bd-4a7c-abea-9dd4be10edec",
          "idl": 604800000,
          "l": "0",
          "o": [],
          "open": 4,
          "pk": "SESSION#0session",
          "q": [
            {
              "d": 0,
              "n": 0,
              "t": 0,
            },
            {
              "d": 0,
              "n": 0,
              "t": 0,
            },
            {
              "d": 0,
              "n": 0,
              "t": 0,
            },
            {
              "d": 0,
              "n": 0,
              "t": 0,
            },
          ],
          "r": {},
          "s": {},
          "sk": "SESSION",
          "st": "ACTIVE",
          "t": 1000000,
          "title": 1297287259,
          "v": 0,
          "va": 1,
          "vis": "Everyone",
        },
      }
    `);
  });

  test('is new when every slot is open and nobody is in the roster', () => {
    expect(parseRosteredItem(putRosteredSession(session).Item)).toEqual({
      sessionId: session.sessionId,
      titleId: session.titleId,
      variant: facts.variant,
      displayName: facts.displayName,
      customData: facts.customData,
      visibility: facts.visibility,
      playersCanBeRemovedBy: 'Self',
      creator: session.creator,
      asked: 'hash',
      lastWriter: undefined,
      removedBy: undefined,
      idleTime: 604_800_000,
      roster: [],
      queues: Array.from({ length: 4 }, () => ({
        last: 0,
        givenAt: 0,
        givenTo: undefined,
        droppedThrough: 0,
      })),
      ledger: expect.objectContaining({
        status: 'ACTIVE',
        capacity: 4,
        open: 4,
        seats: {},
        version: 0,
        createdAt: now,
        deniesPlayers: false,
        endedAt: undefined,
        touchedAt: now,
        lookAt: now + 604_800_000,
      }),
    });
  });

  test.each([
    ['closed', { isClosed: true }],
    ['for those who were in it', { visibility: 'PlayersEverInSession' }],
    ['for those who are in it', { visibility: 'PlayersCurrentlyInSession' }],
  ] as const)('that is %s is in no index', (_, changes) => {
    const { Item } = putRosteredSession({ ...session, facts: { ...facts, ...changes } });
    expect(Item['f']).toBeUndefined();
    expect(parseRosteredItem(Item).ledger.createdAt).toBe(now);
  });

  test('is not read from an item of another kind', () => {
    const { Item } = putRosteredSession(session);
    const { r: _, ...rosterless } = Item;
    expect(() => parseRosteredItem(rosterless)).toThrow('An item of the table has unexpected attributes: r');
  });
});

describe('players who come in', () => {
  test('one newcomer takes an open slot and the next place', () => {
    const ada = arrival('0ada', { customData: Uint8Array.of(7) });
    expect(admitPlayers('session', openSlots('0ada'), [ada], now)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "st = :active AND attribute_not_exists(deny) AND #open >= :fromOpen AND attribute_not_exists(s.#0ada) AND attribute_not_exists(r.#0ada) AND size(o) <= :room",
        "ExpressionAttributeNames": {
          "#0ada": "0ada",
          "#open": "open",
        },
        "ExpressionAttributeValues": {
          ":active": "ACTIVE",
          ":events": 1,
          ":fromOpen": 1,
          ":newcomers": [
            "0ada",
          ],
          ":now": 1000000,
          ":place0": {
            "d": Uint8Array [
              7,
            ],
            "g": "0ADA",
            "x": "14",
          },
          ":room": 299,
          ":stay": 1000000001000000,
        },
        "Key": {
          "pk": "SESSION#session",
          "sk": "SESSION",
        },
        "ReturnValues": "ALL_NEW",
        "UpdateExpression": "SET v = v + :events, t = :now, #open = #open - :fromOpen, s.#0ada = :stay, r.#0ada = :place0, o = list_append(o, :newcomers)",
      }
    `);
  });

  test('a party of two newcomers, one who was invited and one who comes back takes one slot that has lapsed, in one write', () => {
    const change = {
      take: ['ada', 'bob', 'zoe'],
      fromOpen: 2,
      reclaim: [{ token: 'gone', value: 900_001 }],
      renew: [{ token: 'eve', value: 1_030_000 }],
      keep: [{ token: 'max', value: acceptedSeat }],
    };
    const arrivals = [
      arrival('ada'),
      arrival('bob', { customData: null }),
      arrival('eve'),
      arrival('zoe', { isReturning: true, customData: Uint8Array.of(9) }),
    ];
    expect(admitPlayers('session', change, arrivals, now)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "st = :active AND attribute_not_exists(deny) AND #open >= :fromOpen AND attribute_not_exists(s.#ada) AND attribute_not_exists(s.#bob) AND attribute_not_exists(s.#zoe) AND s.#gone = :seen0 AND s.#eve = :seen1 AND s.#max = :seen2 AND attribute_not_exists(r.#ada) AND attribute_not_exists(r.#bob) AND attribute_not_exists(r.#eve) AND size(o) <= :room",
        "ExpressionAttributeNames": {
          "#ada": "ada",
          "#bob": "bob",
          "#eve": "eve",
          "#gone": "gone",
          "#max": "max",
          "#open": "open",
          "#zoe": "zoe",
        },
        "ExpressionAttributeValues": {
          ":active": "ACTIVE",
          ":data3": Uint8Array [
            9,
          ],
          ":events": 5,
          ":fromOpen": 2,
          ":gamertag3": "ZOE",
          ":newcomers": [
            "ada",
            "bob",
            "eve",
          ],
          ":now": 1000000,
          ":place0": {
            "d": undefined,
            "g": "ADA",
            "x": "13",
          },
          ":place1": {
            "d": undefined,
            "g": "BOB",
            "x": "13",
          },
          ":place2": {
            "d": undefined,
            "g": "EVE",
            "x": "13",
          },
          ":room": 297,
          ":seen0": 900001,
          ":seen1": 1030000,
          ":seen2": 1000000000000000,
          ":stay": 1000000001000000,
        },
        "Key": {
          "pk": "SESSION#session",
          "sk": "SESSION",
        },
        "ReturnValues": "ALL_NEW",
        "UpdateExpression": "SET v = v + :events, t = :now, #open = #open - :fromOpen, s.#ada = :stay, s.#bob = :stay, s.#zoe = :stay, s.#eve = :stay, r.#ada = :place0, r.#bob = :place1, r.#eve = :place2, r.#zoe.g = :gamertag3, r.#zoe.d = :data3, o = list_append(o, :newcomers) REMOVE s.#gone",
      }
    `);
  });

  test('whoever comes back gets no second place, and loses custom data only where that is asked', () => {
    const change = openSlots('ada', 'bob');
    const back = { isReturning: true };
    const arrivals = [arrival('ada', back), arrival('bob', { ...back, customData: null })];
    expect(admitPlayers('session', change, arrivals, now)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "st = :active AND attribute_not_exists(deny) AND #open >= :fromOpen AND attribute_not_exists(s.#ada) AND attribute_not_exists(s.#bob)",
        "ExpressionAttributeNames": {
          "#ada": "ada",
          "#bob": "bob",
          "#open": "open",
        },
        "ExpressionAttributeValues": {
          ":active": "ACTIVE",
          ":events": 2,
          ":fromOpen": 2,
          ":gamertag0": "ADA",
          ":gamertag1": "BOB",
          ":now": 1000000,
          ":stay": 1000000001000000,
        },
        "Key": {
          "pk": "SESSION#session",
          "sk": "SESSION",
        },
        "ReturnValues": "ALL_NEW",
        "UpdateExpression": "SET v = v + :events, t = :now, #open = #open - :fromOpen, s.#ada = :stay, s.#bob = :stay, r.#ada.g = :gamertag0, r.#bob.g = :gamertag1 REMOVE r.#bob.d",
      }
    `);
  });

  test('the largest party stays within what DynamoDB takes: 4 KB an expression, 300 operators', () => {
    const tokens = (kind: string) => Array.from({ length: 16 }, (_, i) => `${kind}${i}`.padEnd(11, '0'));
    const reclaim = tokens('r').map((token) => ({ token, value: 1_777_777_777_777 }));
    const change = { ...openSlots(...tokens('t')), fromOpen: 0, reclaim };
    for (const isReturning of [false, true]) {
      const arrivals = tokens('t').map((token) =>
        arrival(token, { isReturning, customData: new Uint8Array(1_024) }),
      );
      const request = admitPlayers('session', change, arrivals, now);
      for (const expression of [request.ConditionExpression ?? '', request.UpdateExpression ?? '']) {
        expect(Buffer.byteLength(expression)).toBeLessThan(4_096);
        expect(expression.match(/ AND |=|\+|-|attribute_|size|list_append/g)?.length).toBeLessThan(300);
      }
    }
  });
});

describe('a player who is in', () => {
  test('goes at the exact value that was seen, while the session goes on', () => {
    const title = { xuid: undefined, token: undefined };
    expect(removeSeat('session', { token: '0ada', value: acceptedSeat }, title, now)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "s.#0ada = :seen AND st = :active",
        "ExpressionAttributeNames": {
          "#0ada": "0ada",
          "#open": "open",
          "#out": "out",
        },
        "ExpressionAttributeValues": {
          ":active": "ACTIVE",
          ":events": 1,
          ":now": 1000000,
          ":seen": 1000000000000000,
        },
        "Key": {
          "pk": "SESSION#session",
          "sk": "SESSION",
        },
        "UpdateExpression": "SET v = v + :events, t = :now, #open = #open + :events REMOVE #out, s.#0ada",
      }
    `);
  });

  test('is put out by another one who is in by then', () => {
    const bob = { xuid: '13', token: 'bob' };
    expect(removeSeat('session', { token: 'ada', value: 1_030_000 }, bob, now)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "s.#ada = :seen AND st = :active AND s.#bob >= :accepted",
        "ExpressionAttributeNames": {
          "#ada": "ada",
          "#bob": "bob",
          "#open": "open",
          "#out": "out",
        },
        "ExpressionAttributeValues": {
          ":accepted": 1000000000000000,
          ":active": "ACTIVE",
          ":events": 1,
          ":now": 1000000,
          ":out": "13",
          ":seen": 1030000,
        },
        "Key": {
          "pk": "SESSION#session",
          "sk": "SESSION",
        },
        "UpdateExpression": "SET v = v + :events, t = :now, #open = #open + :events, #out = :out REMOVE s.#ada",
      }
    `);
  });

  test('shows other custom data while in, or none', () => {
    expect(describePlace('session', '0ada', Uint8Array.of(5), now)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "s.#0ada >= :accepted AND st = :active",
        "ExpressionAttributeNames": {
          "#0ada": "0ada",
        },
        "ExpressionAttributeValues": {
          ":accepted": 1000000000000000,
          ":active": "ACTIVE",
          ":data": Uint8Array [
            5,
          ],
          ":events": 1,
          ":now": 1000000,
        },
        "Key": {
          "pk": "SESSION#session",
          "sk": "SESSION",
        },
        "ReturnValues": "ALL_NEW",
        "UpdateExpression": "SET v = v + :events, t = :now, r.#0ada.d = :data",
      }
    `);
    expect(describePlace('session', 'ada', undefined, now).UpdateExpression).toBe(
      'SET v = v + :events, t = :now REMOVE r.#ada.d',
    );
  });
});

describe('a change of a session', () => {
  const change: RosteredChange = {
    sessionKey: '0session',
    titleHash: 'title',
    createdAt: now,
    version: 7,
    now,
    writer: 'request',
    facts,
    seats: { capacity: 6, open: 3, lapsed: [] },
    end: undefined,
  };

  test('is of one that is as it was read, and writes all of it', () => {
    expect(changeRosteredSession(change)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "v = :version",
        "ExpressionAttributeNames": {
          "#cd": "cd",
          "#deny": "deny",
          "#f": "f",
          "#open": "open",
        },
        "ExpressionAttributeValues": {
          ":capacity": 6,
          ":cd": Uint8Array [
            1,
            2,
          ],
          ":displayName": "Contoso Cards",
          ":events": 1,
          ":f": "title#0",
          ":now": 1000000,
          ":open": 3,
          ":variant": 1,
          ":version": 7,
          ":visibility": "Everyone",
          ":writer": "request",
        },
        "Key": {
          "pk": "SESSION#0session",
          "sk": "SESSION",
        },
        "ReturnValues": "ALL_NEW",
        "UpdateExpression": "SET v = v + :events, t = :now, w = :writer, va = :variant, dn = :displayName, vis = :visibility, cap = :capacity, #open = :open, #cd = :cd, #f = :f REMOVE #deny",
      }
    `);
  });

  test('takes away what is not to be there, the seats of those who never came among it', () => {
    const emptied = { ...facts, customData: undefined, isClosed: true };
    const seats = { capacity: 2, open: 0, lapsed: ['0ada', 'bob'] };
    const { ConditionExpression, UpdateExpression, ExpressionAttributeNames } = changeRosteredSession({
      ...change,
      facts: emptied,
      seats,
    });
    expect({ ConditionExpression, UpdateExpression, ExpressionAttributeNames }).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "v = :version",
        "ExpressionAttributeNames": {
          "#0ada": "0ada",
          "#bob": "bob",
          "#cd": "cd",
          "#deny": "deny",
          "#f": "f",
          "#open": "open",
        },
        "UpdateExpression": "SET v = v + :events, t = :now, w = :writer, va = :variant, dn = :displayName, vis = :visibility, cap = :capacity, #open = :open, #deny = :deny REMOVE s.#0ada, s.#bob, #cd, #f",
      }
    `);
  });

  test('that ends it takes it out of the list, and lets it be removed in time', () => {
    const { UpdateExpression, ExpressionAttributeNames, ExpressionAttributeValues } = changeRosteredSession({
      ...change,
      now: now + 5,
      end: { removeAfter: 9 },
    });
    expect({ UpdateExpression, ExpressionAttributeNames }).toMatchInlineSnapshot(`
      {
        "ExpressionAttributeNames": {
          "#cd": "cd",
          "#deny": "deny",
          "#dt": "dt",
          "#end": "end",
          "#f": "f",
          "#fs": "fs",
          "#l": "l",
          "#open": "open",
          "#ttl": "ttl",
        },
        "UpdateExpression": "SET v = v + :events, t = :now, w = :writer, va = :variant, dn = :displayName, vis = :visibility, cap = :capacity, #open = :open, #cd = :cd, st = :terminated, #fs = :fs, #end = :now, #ttl = :ttl REMOVE #deny, #f, #l, #dt",
      }
    `);
    expect(ExpressionAttributeValues).toMatchObject({
      ':terminated': 'TERMINATED',
      ':fs': 'TERMINATED#1000000',
      ':now': now + 5,
      ':ttl': 9,
    });
  });
});

describe('what lists read', () => {
  test("a player's record is put where there is none, apart from the player sessions of the GameLift API", () => {
    const record = { token: '0ada', playerHash: 'player', at: now };
    expect(putRosterRecord('session', record, 1)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "attribute_not_exists(pk) OR #at < :createdAt",
        "ExpressionAttributeNames": {
          "#at": "pc",
        },
        "ExpressionAttributeValues": {
          ":createdAt": "1",
        },
        "Item": {
          "p": "ROSTER#player",
          "pc": "1000000",
          "pk": "ROSTER#session",
          "sk": "0ada",
        },
      }
    `);
    expect(rosterRecordsOf('player')).toMatchInlineSnapshot(`
      {
        "ExpressionAttributeNames": {
          "#p": "p",
        },
        "ExpressionAttributeValues": {
          ":p": "ROSTER#player",
        },
        "IndexName": "playerSessionsByPlayer",
        "KeyConditionExpression": "#p = :p",
        "ScanIndexForward": false,
      }
    `);
  });

  test('a place in the list of open sessions is the key that its index would go on from', () => {
    const { Item } = putRosteredSession(session);
    const { pk, sk, f, fs } = Item;
    expect(openSessionPosition('title', 0, { sessionKey: '0session', at: now })).toEqual({ pk, sk, f, fs });
  });
});
