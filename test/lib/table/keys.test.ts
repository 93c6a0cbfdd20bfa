import { describe, expect, test } from 'vitest';
import { rosterKeyOf } from '#lib/rosters/ids.ts';
import { sessionKeyOf } from '#lib/sessions/ids.ts';
import {
  aliasItemKey,
  computeItemKey,
  connectionItemKey,
  creationsItemKey,
  dataItemKey,
  dueShard,
  dueShards,
  fleetItemKey,
  historyKeyOf,
  type ItemKey,
  type KeyKind,
  kindOfKey,
  locationItemKey,
  messageItemKey,
  payloadItemKey,
  playerItemKey,
  processAddressIn,
  processItemKey,
  remainsItemKey,
  rosterRecordKey,
  sessionItemKey,
} from '#lib/table/keys.ts';

const sessionKey = sessionKeyOf('fleet-1/custom-1/gsess-1');
const rosterKey = rosterKeyOf('702e5aaf-e7bd-4a7c-abea-9dd4be10edec');
const createdAt = 1_777_777_777_777;
const address = { computeKey: 'compute', processHash: 'process' };

describe('an item is told by its key:', () => {
  test.each<[what: string, key: ItemKey, kind: KeyKind]>([
    ['a session', sessionItemKey(sessionKey), { kind: 'session', sessionKey }],
    ['a session with a roster', sessionItemKey(rosterKey), { kind: 'session', sessionKey: rosterKey }],
    ['a payload', payloadItemKey(sessionKey), { kind: 'payload', sessionKey }],
    [
      'a message',
      messageItemKey(historyKeyOf(rosterKey, createdAt), 3, 42),
      { kind: 'message', sessionKey: rosterKey, createdAt, queueIndex: 3 },
    ],
    [
      'what is left of a session',
      remainsItemKey(sessionKey, createdAt),
      { kind: 'remains', sessionKey, createdAt },
    ],
    ['a server process', processItemKey(address), { kind: 'process', address }],
    ['data', dataItemKey(sessionKey), { kind: 'other' }],
    ['a player', playerItemKey(sessionKey, 'token'), { kind: 'other' }],
    ['a record in a roster', rosterRecordKey(rosterKey, 'token'), { kind: 'other' }],
    ['what a creator has created', creationsItemKey('creator'), { kind: 'other' }],
    ['a fleet', fleetItemKey('fleet-1'), { kind: 'other' }],
    ['a location', locationItemKey('custom-1'), { kind: 'other' }],
    ['an alias', aliasItemKey('alias-1'), { kind: 'other' }],
    ['a compute', computeItemKey('fleet-1', 'rack-1'), { kind: 'other' }],
    ['a connection', connectionItemKey('PROCESSES#a'), { kind: 'other' }],
    ['a key that nobody here has made', { pk: 'SESSION', sk: 'SESSION' }, { kind: 'other' }],
  ])('%s', (_, key, kind) => {
    expect(kindOfKey(key)).toEqual(kind);
  });
});

test('a server process is addressed as its key says', () => {
  expect(processAddressIn(processItemKey(address))).toEqual(address);
});

describe('what the sweep has to look at', () => {
  const keys = Array.from({ length: 4_000 }, (_, i) => sessionKeyOf(`session ${i}`));
  const rosterKeys = keys.map(rosterKeyOf);

  test.each([
    ['sessions', keys],
    ['sessions with a roster', rosterKeys],
  ])('is spread over all shards, for %s', (_, some) => {
    const counts = [...Map.groupBy(some, dueShard)].map(([shard, { length }]) => [Number(shard), length]);
    const shards = counts.map(([shard = -1]) => shard).toSorted();
    expect(shards).toEqual(Array.from({ length: dueShards }, (_, shard) => shard));
    for (const [, count] of counts) expect(count).toBeGreaterThan(some.length / dueShards / 2);
  });
});
