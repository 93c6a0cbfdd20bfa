import { describe, expect, test } from 'vitest';
import type { ServerProcess } from '#lib/table/process-item.ts';
import {
  availabilityKeys,
  claimOwed,
  freeProcessesIn,
  lookKeys,
  processesIn,
  processesOfCompute,
  putConnection,
  putProcess,
  removalKey,
  removeConnection,
  reviseProcess,
  takeProcess,
} from '#lib/table/process-requests.ts';

/** The requests to DynamoDB about server processes, to the letter. */

const now = 1_000_000;
const address = { computeKey: 'compute', processHash: '3process' };
const where = { fleetHash: 'fleet', location: 'custom-1' };

const some: Omit<ServerProcess, 'pk' | 'sk'> = {
  fleetId: 'fleet-1',
  computeName: 'rack-1',
  location: 'custom-1',
  processId: 'one',
  createdAt: now,
  status: 'INITIALIZED',
  seal: 'seal',
  connectionId: 'connection',
  connectedAt: now,
  tokenEndsAt: now + 9,
  beatAt: now,
};

const taking = {
  sessionKey: 'session',
  takenBy: 'a try',
  takenAt: now,
};

const by = { connectionId: 'connection', teller: 'a caller' };

describe('a server process', () => {
  test('is put where its compute has none of its name, and the sweep looks at it', () => {
    expect(putProcess(some, address, now + 5)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "attribute_not_exists(pk)",
        "Item": {
          "beatAt": 1000000,
          "computeName": "rack-1",
          "connectedAt": 1000000,
          "connectionId": "connection",
          "createdAt": 1000000,
          "dt": "1000005",
          "fleetId": "fleet-1",
          "l": "3",
          "location": "custom-1",
          "pk": "PROCESSES#compute",
          "processId": "one",
          "seal": "seal",
          "sk": "3process",
          "status": "INITIALIZED",
          "tokenEndsAt": 1000009,
        },
      }
    `);
  });

  test('is taken for a session if it is ready and free, is to go on, is well, can be told and was heard of lately', () => {
    expect(takeProcess(address, { ...taking, keepTime: undefined }, now - 9)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "#status = :ready AND attribute_not_exists(sessionKey) AND attribute_not_exists(terminateBy) AND attribute_not_exists(illSince) AND attribute_exists(connectionId) AND beatAt > :heardSince AND (attribute_not_exists(refreshedAt) OR refreshedAt < connectedAt)",
        "ExpressionAttributeNames": {
          "#fs": "fs",
          "#status": "status",
        },
        "ExpressionAttributeValues": {
          ":heardSince": 999991,
          ":notFree": "NOT-FREE#compute3process",
          ":one": 1,
          ":ready": "READY",
          ":sessionKey": "session",
          ":takenAt": 1000000,
          ":takenBy": "a try",
          ":true": true,
          ":zero": 0,
        },
        "Key": {
          "pk": "PROCESSES#compute",
          "sk": "3process",
        },
        "ReturnValues": "ALL_NEW",
        "UpdateExpression": "SET sessionKey = :sessionKey, takenBy = :takenBy, takenAt = :takenAt, owesStart = :true, #fs = :notFree, rev = if_not_exists(rev, :zero) + :one",
      }
    `);
  });

  test('is taken with how long it keeps seats, where its fleet says so', () => {
    const without = takeProcess(address, { ...taking, keepTime: undefined }, now - 9);
    const request = takeProcess(address, { ...taking, keepTime: 30_000 }, now - 9);
    expect(request).toEqual({
      ...without,
      UpdateExpression: without.UpdateExpression?.replace(', owesStart', ', keepTime = :keepTime, owesStart'),
      ExpressionAttributeValues: { ...without.ExpressionAttributeValues, ':keepTime': 30_000 },
    });
    expect(request.UpdateExpression).toContain('keepTime');
  });

  test('is told of an event by whoever finds it owed first', () => {
    expect(claimOwed(address, 'owesEnd', by)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "#owed = :true",
        "ExpressionAttributeNames": {
          "#owed": "owesEnd",
        },
        "ExpressionAttributeValues": {
          ":one": 1,
          ":teller": "a caller",
          ":true": true,
          ":zero": 0,
        },
        "Key": {
          "pk": "PROCESSES#compute",
          "sk": "3process",
        },
        "UpdateExpression": "SET rev = if_not_exists(rev, :zero) + :one, teller = :teller REMOVE #owed",
      }
    `);
  });

  test('is told of its session by whoever finds that owed first, who notes on which connection', () => {
    expect(claimOwed(address, 'owesStart', by)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "#owed = :true",
        "ExpressionAttributeNames": {
          "#owed": "owesStart",
        },
        "ExpressionAttributeValues": {
          ":connection": "connection",
          ":one": 1,
          ":teller": "a caller",
          ":true": true,
          ":zero": 0,
        },
        "Key": {
          "pk": "PROCESSES#compute",
          "sk": "3process",
        },
        "UpdateExpression": "SET rev = if_not_exists(rev, :zero) + :one, teller = :teller, startedOn = :connection REMOVE #owed",
      }
    `);
  });

  test('is changed where nobody has changed it since it was seen', () => {
    const changes = {
      ...availabilityKeys(address, where, undefined),
      ...lookKeys(address, now),
      status: 'ENDED',
    };
    expect(reviseProcess(address, { rev: 4, createdAt: now }, changes)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "attribute_exists(pk) AND createdAt = :seenCreatedAt AND #rev = :seenRev",
        "ExpressionAttributeNames": {
          "#dt": "dt",
          "#f": "f",
          "#fs": "fs",
          "#l": "l",
          "#rev": "rev",
          "#status": "status",
        },
        "ExpressionAttributeValues": {
          ":dt": "1000000",
          ":l": "3",
          ":rev": 5,
          ":seenCreatedAt": 1000000,
          ":seenRev": 4,
          ":status": "ENDED",
        },
        "Key": {
          "pk": "PROCESSES#compute",
          "sk": "3process",
        },
        "ReturnValues": "ALL_NEW",
        "UpdateExpression": "SET #l = :l, #dt = :dt, #status = :status, #rev = :rev REMOVE #f, #fs",
      }
    `);
  });

  test('stands in the index while it is ready, and says there whether it is free', () => {
    expect(availabilityKeys(address, where, 'FREE')).toEqual({
      f: 'fleet#PROCESSES#custom-1',
      fs: 'FREE#compute3process',
    });
    expect(availabilityKeys(address, where, 'NOT-FREE')).toMatchObject({ fs: 'NOT-FREE#compute3process' });
    expect(availabilityKeys(address, where, undefined)).toEqual({ f: null, fs: null });
  });

  test('is looked at by the sweep at a time, or never', () => {
    expect(lookKeys(address, now)).toEqual({ l: '3', dt: '1000000' });
    expect(lookKeys(address, undefined)).toEqual({ l: null, dt: null });
  });

  test('that is over is removed in time', () => {
    expect(removalKey(9)).toEqual({ ttl: 9 });
  });
});

describe('server processes', () => {
  test('that are free are found in a location of a fleet, from one on', () => {
    expect(freeProcessesIn(where, 'm')).toMatchInlineSnapshot(`
      {
        "ExpressionAttributeNames": {
          "#f": "f",
          "#fs": "fs",
        },
        "ExpressionAttributeValues": {
          ":f": "fleet#PROCESSES#custom-1",
          ":from": "FREE#m",
          ":to": "FREE#~",
        },
        "IndexName": "sessionsByFleet",
        "KeyConditionExpression": "#f = :f AND #fs BETWEEN :from AND :to",
      }
    `);
  });

  test('that are ready are found, free or not', () => {
    expect(processesIn(where)).toMatchInlineSnapshot(`
      {
        "ExpressionAttributeNames": {
          "#f": "f",
        },
        "ExpressionAttributeValues": {
          ":f": "fleet#PROCESSES#custom-1",
        },
        "IndexName": "sessionsByFleet",
        "KeyConditionExpression": "#f = :f",
      }
    `);
  });

  test('of a compute have a partition of their own', () => {
    expect(processesOfCompute('compute')).toMatchInlineSnapshot(`
      {
        "ExpressionAttributeValues": {
          ":pk": "PROCESSES#compute",
        },
        "KeyConditionExpression": "pk = :pk",
      }
    `);
  });
});

describe('a connection', () => {
  test('says which process is at its other end, for as long as it can last', () => {
    expect(putConnection('connection', address, 9)).toMatchInlineSnapshot(`
      {
        "Item": {
          "computeKey": "compute",
          "pk": "CONNECTION#connection",
          "processHash": "3process",
          "sk": "CONNECTION",
          "ttl": 9,
        },
      }
    `);
  });

  test('is forgotten when it is gone', () => {
    expect(removeConnection('connection')).toEqual({
      Key: { pk: 'CONNECTION#connection', sk: 'CONNECTION' },
    });
  });
});
