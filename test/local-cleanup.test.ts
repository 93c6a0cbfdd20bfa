import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { GameLift } from '@aws-sdk/client-gamelift';
import { ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { gameSessionReference } from '#functions/identifiers.ts';
import { localAccessKey, localAwsAccess, region } from '#infra/local/account.ts';
import type { BusEvent } from '#infra/local/event-bus.ts';
import { firstLocation } from '#infra/local/first-fleet.ts';
import { type LocalRun, startLocal } from '#infra/local/start-local.ts';
import { issueToken } from '#infra/local/token-issuer.ts';
import { rosterKeyOf } from '#lib/rosters/ids.ts';
import { sessionKeyOf } from '#lib/sessions/ids.ts';
import { openTable, type Table } from '#lib/table/client.ts';
import { sessionItemKey } from '#lib/table/keys.ts';
import { eventErrors } from '#test/support/event-schemas.ts';

/** What goes away by itself in what `npm start` runs, and what is told of it. */

const directory = mkdtempSync(path.join(tmpdir(), 'openslot-cleanup-'));
const issuerFile = path.join(directory, 'token-issuer.json');
const events: BusEvent[] = [];
const counted: Record<string, number> = {};
let run: LocalRun;
let gameLift: GameLift;
let table: Table;

beforeAll(async () => {
  run = await startLocal({
    port: 0,
    memory: true,
    issuerFile,
    onEvent: (event) => events.push(event),
    onMetric: (line) => {
      for (const [name, value] of Object.entries(line)) {
        if (typeof value === 'number') counted[name] = (counted[name] ?? 0) + value;
      }
    },
  });
  const credentials = { accessKeyId: localAccessKey.id, secretAccessKey: localAccessKey.secret };
  gameLift = new GameLift({ endpoint: run.url, region, credentials });
  table = openTable(run.tableName, { ...localAwsAccess, endpoint: run.dynamoDb.endpoint });
});
afterAll(async () => {
  gameLift.destroy();
  table.client.destroy();
  await run.stop();
  rmSync(directory, { recursive: true });
});

/** The kinds of the events of one session so far, in the order in which they came. */
const toldOf = (session: string | undefined) =>
  events
    .filter(({ detail }) => JSON.stringify(detail).includes(`${session}`))
    .map((event) => event['detail-type']);

/** Whether anything in the whole table has the key of this session. */
async function remainsOf(sessionKey: string): Promise<readonly string[]> {
  const { Items = [] } = await table.client.send(new ScanCommand({ TableName: table.name }));
  return Items.map(({ pk, sk }) => `${pk}/${sk}`).filter((key) => key.includes(sessionKey));
}

/** Has the time be over for which a session that has ended is kept. */
async function passRetention(sessionKey: string): Promise<void> {
  const passed = new UpdateCommand({
    TableName: table.name,
    Key: sessionItemKey(sessionKey),
    ConditionExpression: 'attribute_exists(#ttl)',
    UpdateExpression: 'SET #ttl = :past',
    ExpressionAttributeNames: { '#ttl': 'ttl' },
    ExpressionAttributeValues: { ':past': Math.floor(Date.now() / 1_000) - 60 },
  });
  await table.client.send(passed);
  await run.removeExpired();
}

async function openSession(FleetId: string, MaximumPlayerSessionCount: number) {
  const id = randomUUID();
  const { GameSession } = await gameLift.createGameSession({
    FleetId,
    Location: firstLocation,
    MaximumPlayerSessionCount,
    IdempotencyToken: id,
    GameSessionData: 'data',
  });
  const reference = gameSessionReference({ fleetId: FleetId, location: firstLocation, id });
  return { GameSessionId: GameSession?.GameSessionId, sessionKey: sessionKeyOf(reference) };
}

test('a reservation that lapses is told, counted and off the list without any call', async () => {
  const { FleetAttributes } = await gameLift.createFleet({
    Name: 'In a hurry',
    ComputeType: 'ANYWHERE',
    Locations: [{ Location: firstLocation }],
    Tags: [{ Key: 'openslot:reservation-seconds', Value: '1' }],
  });
  const fleetId = FleetAttributes?.FleetId ?? '';
  const { GameSessionId, sessionKey } = await openSession(fleetId, 1);
  const withRoom = { FleetId: fleetId, FilterExpression: 'hasAvailablePlayerSessions=true' };
  const { PlayerSession } = await gameLift.createPlayerSession({ GameSessionId, PlayerId: 'alice' });
  expect((await gameLift.searchGameSessions(withRoom)).GameSessions).toEqual([]);

  // Real time, since no clock of a function that runs in a thread of its own can be turned.
  await setTimeout(1_100);
  await run.runSchedules();

  await vi.waitFor(() => expect(toldOf(GameSessionId)).toContain('Player Session Timed Out'), 10_000);
  expect(toldOf(GameSessionId)).toEqual([
    'Game Session Activated',
    'Player Session Reserved',
    'Player Session Timed Out',
  ]);
  expect(events.at(-1)).toMatchObject({
    source: 'openslot',
    detail: { number: 2, playerSession: { playerSessionId: PlayerSession?.PlayerSessionId } },
  });
  expect(events.flatMap(eventErrors)).toEqual([]);
  await vi.waitFor(() => expect(counted['ReservationsTimedOut']).toBe(1), 10_000);
  expect(counted).toMatchObject({ ReservationsMade: 1, SlotsReclaimed: 1, SweepBacklog: 0 });
  expect((await gameLift.searchGameSessions(withRoom)).GameSessions).toMatchObject([
    { GameSessionId, CurrentPlayerSessionCount: 0 },
  ]);
  expect(await remainsOf(sessionKey)).toHaveLength(4);
});

test('of a session past its retention nothing is left', async () => {
  const { GameSessionId, sessionKey } = await openSession(run.fleetId, 4);
  const PlayerIds = ['alice', 'bob', 'cy'];
  await gameLift.createPlayerSessions({ GameSessionId, PlayerIds });
  await gameLift.terminateGameSession({ GameSessionId, TerminationMode: 'FORCE_TERMINATE' });
  expect(await remainsOf(sessionKey)).toHaveLength(6);

  await passRetention(sessionKey);
  await vi.waitFor(async () => expect(await remainsOf(sessionKey)).toEqual([]), 10_000);
  await vi.waitFor(() => expect(toldOf(GameSessionId)).toContain('Game Session Ended'), 10_000);
  expect(toldOf(GameSessionId)).toEqual([
    'Game Session Activated',
    ...Array(3).fill('Player Session Reserved'),
    ...Array(3).fill('Player Session Timed Out'),
    'Game Session Ended',
  ]);
});

test('of a session with a roster past its retention nothing is left, and all that happened was told', async () => {
  const alice = { xuid: '18446744073709551615', gamertag: 'Alice', title: 1, scope: undefined, hours: 1 };
  const authorization = `Bearer ${await issueToken(issuerFile, alice, Date.now())}`;
  const call = async (method: string, to: string, body?: object) => {
    const answer = await fetch(run.url + to, {
      method,
      headers: { authorization },
      body: body ? JSON.stringify(body) : null,
    });
    expect(answer.ok).toBe(true);
    return answer;
  };
  const created = await call('POST', '/sessions', { maxPlayers: 4 });
  const session = `${created.headers.get('location')}`;
  const sessionId = session.slice('/sessions/'.length);
  await call('POST', `${session}/players`);
  await call('POST', `${session}/queues/0/messages`, { data: 'aGk=' });
  await call('DELETE', `${session}/players/${alice.xuid}`);
  await call('POST', `${session}/players`);
  await call('PATCH', session, { hasEnded: true });
  expect(await remainsOf(rosterKeyOf(sessionId))).toHaveLength(3);

  await passRetention(rosterKeyOf(sessionId));
  await vi.waitFor(async () => expect(await remainsOf(rosterKeyOf(sessionId))).toEqual([]), 10_000);
  await vi.waitFor(() => expect(toldOf(sessionId)).toContain('Game Session Ended'), 10_000);
  expect(toldOf(sessionId).filter((kind) => kind !== 'Message Posted')).toEqual([
    'Game Session Activated',
    'Player Joined',
    'Player Left',
    'Player Joined',
    'Game Session Ended',
  ]);
  expect(toldOf(sessionId)).toContain('Message Posted');
  expect(events.flatMap(eventErrors)).toEqual([]);
});
