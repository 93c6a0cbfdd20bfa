import { describe, expect, test } from 'vitest';
import { parseAliasItem } from '#lib/table/alias-items.ts';
import type { StoredItem } from '#lib/table/client.ts';
import { parseFleetItem, parseLocationItem } from '#lib/table/fleet-items.ts';
import { parsePlayerItem } from '#lib/table/player-item.ts';
import { parseConnectionItem, parseProcessItem } from '#lib/table/process-item.ts';
import { parsePayloadItem, parseSessionItem } from '#lib/table/session-item.ts';
import { parseTagged } from '#lib/table/tagged-item.ts';

const session = {
  pk: 'SESSION#a',
  sk: 'SESSION',
  st: 'ACTIVE',
  cap: 2,
  open: 1,
  s: { seat: 5 },
  v: 1,
  fs: 'ACTIVE#1',
};
const payload = {
  pk: 'SESSION#a',
  sk: 'PAYLOAD',
  fleetId: 'fleet-1',
  id: 'gsess-1',
  createdAt: 1,
  asked: 'hash',
  protection: 'NoProtection',
  rev: 0,
  shard: 'fleet#0',
};
const player = {
  pk: 'PLAYERS#a',
  sk: 'seat',
  id: 'ada',
  ref: 'fleet-1/custom-1/gsess-1',
  created: 1,
  deadline: 5,
};
const fleet = {
  pk: 'FLEETS',
  sk: 'fleet-1',
  fleetId: 'fleet-1',
  name: 'One',
  createdAt: 1,
  locations: ['custom-1'],
  protectionPolicy: 'NoProtection',
};

const location = { pk: 'LOCATIONS', sk: 'custom-1', name: 'custom-1', createdAt: 1, createdBy: 'request' };

const alias = {
  pk: 'ALIASES',
  sk: 'alias-1',
  aliasId: 'alias-1',
  name: 'One',
  routing: { type: 'SIMPLE', fleetId: 'fleet-1' },
  createdAt: 1,
  updatedAt: 2,
};

const serverProcess = {
  pk: 'PROCESSES#compute',
  sk: 'process',
  fleetId: 'fleet-1',
  computeName: 'rack-1',
  location: 'custom-1',
  processId: 'one',
  createdAt: 1,
  status: 'INITIALIZED',
  seal: 'seal',
  connectedAt: 2,
  tokenEndsAt: 9,
  beatAt: 3,
};
const connection = { pk: 'CONNECTION#a', sk: 'CONNECTION', computeKey: 'compute', processHash: 'process' };

type Parse = (item: StoredItem) => unknown;

describe('an item of the table is read', () => {
  test.each<[what: string, parse: Parse, item: StoredItem, parsed: unknown]>([
    [
      'a session',
      parseSessionItem,
      session,
      {
        status: 'ACTIVE',
        capacity: 2,
        open: 1,
        seats: { seat: 5 },
        version: 1,
        createdAt: 1,
        touchedAt: 1,
        lookAt: undefined,
        deniesPlayers: false,
        endedAt: undefined,
        endReason: undefined,
        endedBy: undefined,
        reservationTime: undefined,
      },
    ],
    [
      'a session that denies players, has a reservation time of its own and has ended',
      parseSessionItem,
      {
        ...session,
        st: 'TERMINATED',
        deny: true,
        t: 8,
        rt: 300_000,
        end: 9,
        why: 'FORCE_TERMINATED',
        by: 'request',
      },
      {
        status: 'TERMINATED',
        capacity: 2,
        open: 1,
        seats: { seat: 5 },
        version: 1,
        createdAt: 1,
        touchedAt: 8,
        lookAt: undefined,
        deniesPlayers: true,
        endedAt: 9,
        endReason: 'FORCE_TERMINATED',
        endedBy: 'request',
        reservationTime: 300_000,
      },
    ],
    [
      'a session that a server process hosts',
      (item) => parseSessionItem(item).host,
      { ...session, h: 'process rack-1 7777 10.0.0.1' },
      { processHash: 'process', computeName: 'rack-1', port: 7_777, ipAddress: '10.0.0.1' },
    ],
    [
      'a session that the sweep has to look at',
      (item) => parseSessionItem(item).lookAt,
      { ...session, dt: '60001' },
      60_001,
    ],
    [
      'a payload',
      parsePayloadItem,
      { ...payload, name: 'One', properties: '[["map","dust"]]', hasData: true },
      {
        fleetId: 'fleet-1',
        id: 'gsess-1',
        createdAt: 1,
        asked: 'hash',
        protection: 'NoProtection',
        hasData: true,
        rev: 0,
        name: 'One',
        properties: [{ key: 'map', value: 'dust' }],
        isSearchable: true,
        lookAt: undefined,
      },
    ],
    [
      'a payload of a session that ends when it is idle or not activated in time, and that no search finds',
      parsePayloadItem,
      { ...payload, shard: undefined, idle: 3_600_000, activateBy: 300_000, touched: 7, dt: '9' },
      {
        fleetId: 'fleet-1',
        id: 'gsess-1',
        createdAt: 1,
        asked: 'hash',
        protection: 'NoProtection',
        hasData: false,
        rev: 0,
        idle: 3_600_000,
        activateBy: 300_000,
        touched: 7,
        isSearchable: false,
        lookAt: 9,
      },
    ],
    [
      'a player',
      parsePlayerItem,
      { ...player, data: 'red', accepted: 3, left: 4 },
      {
        token: 'seat',
        playerId: 'ada',
        playerData: 'red',
        sessionReference: 'fleet-1/custom-1/gsess-1',
        createdAt: 1,
        deadline: 5,
        acceptedAt: 3,
        leftAt: 4,
      },
    ],
    [
      'a player who was accepted and has left by requests with names',
      parsePlayerItem,
      { ...player, accepted: 3, left: 4, acceptedBy: 'one', leftBy: 'two' },
      {
        token: 'seat',
        playerId: 'ada',
        sessionReference: 'fleet-1/custom-1/gsess-1',
        createdAt: 1,
        deadline: 5,
        acceptedAt: 3,
        leftAt: 4,
        acceptedBy: 'one',
        leftBy: 'two',
      },
    ],
    ['a server process', parseProcessItem, serverProcess, serverProcess],
    [
      'a server process that hosts a session and that the sweep has to look at',
      parseProcessItem,
      {
        ...serverProcess,
        status: 'READY',
        sessionKey: 'session',
        keepTime: 30_000,
        policyRequests: ['one', 'two'],
        owesStart: true,
        f: 'fleet#PROCESSES#custom-1',
        fs: 'BUSY#process',
        dt: '60001',
      },
      {
        ...serverProcess,
        status: 'READY',
        sessionKey: 'session',
        keepTime: 30_000,
        policyRequests: ['one', 'two'],
        owesStart: true,
        dt: 60_001,
      },
    ],
    ['a connection', parseConnectionItem, connection, { computeKey: 'compute', processHash: 'process' }],
    [
      'a fleet',
      parseFleetItem,
      fleet,
      {
        fleetId: 'fleet-1',
        name: 'One',
        createdAt: 1,
        locations: ['custom-1'],
        protectionPolicy: 'NoProtection',
      },
    ],
    [
      'a location',
      parseLocationItem,
      { ...location, tags: [{ key: 'team', value: 'red' }] },
      { name: 'custom-1', createdAt: 1, createdBy: 'request', tags: [{ key: 'team', value: 'red' }] },
    ],
    [
      'a fleet with a creation limit that has been revised',
      parseFleetItem,
      { ...fleet, creationLimit: { sessions: 4, minutes: 10 }, rev: 2 },
      {
        fleetId: 'fleet-1',
        name: 'One',
        createdAt: 1,
        locations: ['custom-1'],
        protectionPolicy: 'NoProtection',
        creationLimit: { sessions: 4, minutes: 10 },
        rev: 2,
      },
    ],
    [
      'an alias that leads to a fleet',
      parseAliasItem,
      alias,
      {
        aliasId: 'alias-1',
        name: 'One',
        routing: { type: 'SIMPLE', fleetId: 'fleet-1' },
        createdAt: 1,
        updatedAt: 2,
      },
    ],
    [
      'an alias that leads nowhere',
      parseAliasItem,
      { ...alias, routing: { type: 'TERMINAL', message: 'Gone' } },
      {
        aliasId: 'alias-1',
        name: 'One',
        routing: { type: 'TERMINAL', message: 'Gone' },
        createdAt: 1,
        updatedAt: 2,
      },
    ],
    [
      'the tags of whatever has some',
      parseTagged,
      { ...alias, tags: [], rev: 1 },
      { createdAt: alias.createdAt, tags: [], rev: 1 },
    ],
  ])('%s', (_, parse, item, parsed) => {
    expect(parse(item)).toEqual(parsed);
  });
});

const without = (item: StoredItem, name: string): StoredItem =>
  Object.fromEntries(Object.entries(item).filter(([attribute]) => attribute !== name));

describe('what is none of ours is refused, and not read as something that it is not', () => {
  test.each<[what: string, parse: Parse, item: StoredItem]>([
    ['a payload for a session', parseSessionItem, payload],
    ['a player for a session', parseSessionItem, player],
    ['a session of an unknown status', parseSessionItem, { ...session, st: 'PAUSED' }],
    ['a session with a seat that is no number', parseSessionItem, { ...session, s: { seat: '5' } }],
    ['a session with half a slot', parseSessionItem, { ...session, open: 0.5 }],
    ['a session that denies players by halves', parseSessionItem, { ...session, deny: 'yes' }],
    ['a session for a payload', parsePayloadItem, session],
    ['a payload whose properties are a map', parsePayloadItem, { ...payload, properties: '{"map":"dust"}' }],
    ['a payload whose properties are no JSON', parsePayloadItem, { ...payload, properties: '[[' }],
    ['a session for a player', parsePlayerItem, session],
    ['a player whose deadline is a text', parsePlayerItem, { ...player, deadline: '5' }],
    ['a session for a fleet', parseFleetItem, session],
    ['a fleet of an unknown policy', parseFleetItem, { ...fleet, protectionPolicy: 'Some' }],
    [
      'an alias that leads to a message',
      parseAliasItem,
      { ...alias, routing: { type: 'SIMPLE', message: 'Gone' } },
    ],
    [
      'an alias of an unknown routing',
      parseAliasItem,
      { ...alias, routing: { type: 'RANDOM', fleetId: 'fleet-1' } },
    ],
    ['a fleet for an alias', parseAliasItem, fleet],
    ['tags that are a map', parseTagged, { ...alias, tags: { team: 'red' } }],
    ['a session with a time that is no number', parseSessionItem, { ...session, dt: 'soon' }],
    ['a session with half a millisecond', parseSessionItem, { ...session, t: 1.5 }],
    ['a payload with a time that is no number', parsePayloadItem, { ...payload, dt: 'soon' }],
    ['a session whose host is a map', parseSessionItem, { ...session, h: { processHash: 'process' } }],
    ['a player accepted by a number', parsePlayerItem, { ...player, acceptedBy: 5 }],
    ['a compute for a server process', parseProcessItem, { ...location, fleetId: 'fleet-1' }],
    ['a server process of an unknown status', parseProcessItem, { ...serverProcess, status: 'ACTIVE' }],
    ['a server process that is owed by halves', parseProcessItem, { ...serverProcess, owesEnd: false }],
    ['a server process for a connection', parseConnectionItem, serverProcess],
    ['nothing for a session', parseSessionItem, {}],
  ])('%s', (_, parse, item) => {
    expect(() => parse(item)).toThrow();
  });

  test.each<[what: string, parse: Parse, item: StoredItem, names: readonly string[]]>([
    ['session', parseSessionItem, session, ['st', 'cap', 'open', 's', 'v', 'fs']],
    ['payload', parsePayloadItem, payload, ['fleetId', 'id', 'createdAt', 'asked', 'protection', 'rev']],
    ['player', parsePlayerItem, player, ['sk', 'id', 'ref', 'created', 'deadline']],
    ['location', parseLocationItem, location, ['name', 'createdAt', 'createdBy']],
    ['alias', parseAliasItem, alias, ['aliasId', 'name', 'routing', 'createdAt', 'updatedAt']],
    ['fleet', parseFleetItem, fleet, ['fleetId', 'name', 'createdAt', 'locations', 'protectionPolicy']],
    ['server process', parseProcessItem, serverProcess, Object.keys(serverProcess)],
    ['connection', parseConnectionItem, connection, ['computeKey', 'processHash']],
  ])('a %s that lacks any of its attributes', (_, parse, item, names) => {
    for (const name of names) expect(() => parse(without(item, name)), name).toThrow();
  });
});
