import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GameLift, type PlayerSession } from '@aws-sdk/client-gamelift';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { localAccessKey, region } from '#infra/local/account.ts';
import { firstLocation, serverFleetId } from '#infra/local/first-fleet.ts';
import { type LocalRun, startLocal } from '#infra/local/start-local.ts';
import { issueToken } from '#infra/local/token-issuer.ts';
import { atOnce } from '#test/support/at-once.ts';
import { refusalOf } from '#test/support/game-lift.ts';
import { GameServer } from '#test/support/game-server.ts';

/** What game back ends, game servers and players do, with what they have, against what `npm start` runs: the bundles that are deployed. */

const directory = mkdtempSync(path.join(tmpdir(), 'openslot-local-run-'));
const issuerFile = path.join(directory, 'token-issuer.json');
let run: LocalRun;
let gameLift: GameLift;
beforeAll(async () => {
  run = await startLocal({ port: 0, memory: true, issuerFile });
  const credentials = { accessKeyId: localAccessKey.id, secretAccessKey: localAccessKey.secret };
  gameLift = new GameLift({ endpoint: run.url, region, credentials });
});
afterAll(async () => {
  gameLift.destroy();
  await run.stop();
  rmSync(directory, { recursive: true });
});

async function openSession(slots: number): Promise<string> {
  const { GameSession } = await gameLift.createGameSession({
    FleetId: run.fleetId,
    Location: firstLocation,
    MaximumPlayerSessionCount: slots,
  });
  return GameSession?.GameSessionId ?? '';
}

/** All races of `callers` for the session: the player sessions that were made, and the names of all refusals. */
async function race(GameSessionId: string, callers: number, limit: number) {
  const reserved: PlayerSession[] = [];
  const refused: string[] = [];
  await atOnce(limit, callers, async (number) => {
    const sent = gameLift.createPlayerSession({ GameSessionId, PlayerId: `player-${number}` });
    await sent.then(
      ({ PlayerSession }) => PlayerSession && reserved.push(PlayerSession),
      async () => refused.push((await refusalOf(sent)).error),
    );
  });
  return { reserved, refused };
}

test('of 20 callers at once for 4 slots exactly 4 are reserved, and 16 find the session full', async () => {
  const { reserved, refused } = await race(await openSession(4), 20, 20);
  expect(reserved.map(({ Status }) => Status)).toEqual(Array(4).fill('RESERVED'));
  expect(refused).toEqual(Array(16).fill('GameSessionFullException'));
});

test('of 400 callers, 64 at a time, exactly 200 get into a session of 200 slots', async () => {
  const GameSessionId = await openSession(200);
  const { reserved, refused } = await race(GameSessionId, 400, 64);
  expect(new Set(reserved.map(({ PlayerSessionId }) => PlayerSessionId)).size).toBe(200);
  expect(refused).toEqual(Array(200).fill('GameSessionFullException'));
  const { GameSessions } = await gameLift.describeGameSessions({ GameSessionId });
  expect(GameSessions?.[0]).toMatchObject({ CurrentPlayerSessionCount: 200, MaximumPlayerSessionCount: 200 });
});

test('of 500 callers at once each is told the truth', async () => {
  const GameSessionId = await openSession(200);
  const { reserved, refused } = await race(GameSessionId, 500, 500);
  expect(reserved).toHaveLength(200);
  expect(refused).toEqual(Array(300).fill('GameSessionFullException'));
});

test('of 30 parties of 25 at once, which want 8 times what there is, 8 get in whole', async () => {
  const GameSessionId = await openSession(200);
  const parties = Array.from({ length: 30 }, (_, party) =>
    Array.from({ length: 25 }, (_, i) => `${party}.${i}`),
  );
  const outcomes = await Promise.all(
    parties.map((PlayerIds) =>
      gameLift.createPlayerSessions({ GameSessionId, PlayerIds }).then(
        ({ PlayerSessions }) => PlayerSessions?.length,
        (error: Error) => error.name,
      ),
    ),
  );
  expect(outcomes.filter((outcome) => outcome === 25)).toHaveLength(8);
  expect(outcomes.filter((outcome) => outcome === 'GameSessionFullException')).toHaveLength(22);
});

test('a party gets in whole or not at all, and whoever is in can be looked up', async () => {
  const GameSessionId = await openSession(4);
  const { PlayerSessions } = await gameLift.createPlayerSessions({
    GameSessionId,
    PlayerIds: ['ada', 'bob', 'cy'],
  });
  expect(
    await refusalOf(gameLift.createPlayerSessions({ GameSessionId, PlayerIds: ['dan', 'eve'] })),
  ).toMatchObject({
    error: 'GameSessionFullException',
    status: 400,
  });
  const described = await gameLift.describePlayerSessions({ GameSessionId });
  expect(described.PlayerSessions?.map(({ PlayerId }) => PlayerId).toSorted()).toEqual(['ada', 'bob', 'cy']);
  const [first] = PlayerSessions ?? [];
  const one = await gameLift.describePlayerSessions({ PlayerSessionId: first?.PlayerSessionId });
  expect(one.PlayerSessions).toEqual([first]);
});

test('a hundred players who wait for a message keep neither door from answering, and all of them get it', async () => {
  const alice = { xuid: '18446744073709551615', gamertag: 'Alice', title: 1, scope: undefined, hours: 1 };
  const authorization = `Bearer ${await issueToken(issuerFile, alice, Date.now())}`;
  const call = (method: string, path: string, body?: object) =>
    fetch(run.url + path, { method, headers: { authorization }, body: body ? JSON.stringify(body) : null });

  const created = await call('POST', '/sessions', { maxPlayers: 4 });
  const session = created.headers.get('location');
  expect((await call('POST', `${session}/players`)).status).toBe(201);
  let answered = 0;
  /** Tries again where a busy machine took longer than it may, as the SDK does. */
  const readOn = async (tries = 3): Promise<unknown> => {
    const answer = await call('GET', `${session}/queues/0/messages?wait=20`);
    if (answer.status >= 500 && tries > 1) return readOn(tries - 1);
    answered++;
    return [answer.status, Object(await answer.json()).messages?.length];
  };
  const readers = Array.from({ length: 100 }, () => readOn());

  const { reserved } = await race(await openSession(10), 10, 10);
  expect(reserved).toHaveLength(10);
  expect((await call('PATCH', `${session}`, { displayName: 'Contoso Cards' })).status).toBe(200);
  expect(answered).toBe(0);

  const posted = await call('POST', `${session}/queues/0/messages`, { data: 'aGk=' });
  expect(posted.status).toBe(201);
  expect(await Promise.all(readers)).toEqual(Array(100).fill([200, 1]));
});

test.each(['Go', 'Cpp'] as const)(
  'a game server with the SDK for %s registers, connects, hosts a session, takes its players and ends',
  async (sdk) => {
    const compute = { FleetId: serverFleetId, ComputeName: `machine-${sdk}` };
    const { Compute } = await gameLift.registerCompute({
      ...compute,
      Location: firstLocation,
      IpAddress: '127.0.0.1',
    });
    const { AuthToken = '' } = await gameLift.getComputeAuthToken(compute);
    const server = new GameServer({
      // The SDK for C++ speaks TLS, whatever this says.
      url: Compute?.GameLiftServiceSdkEndpoint ?? '',
      token: AuthToken,
      fleetId: serverFleetId,
      computeName: compute.ComputeName,
      processId: 'a process',
      sdk,
    });
    await server.connect();
    await server.processReady({ port: 7_777 });
    await server.heartbeat();

    const created = await gameLift.createGameSession({
      FleetId: serverFleetId,
      Location: firstLocation,
      MaximumPlayerSessionCount: 4,
    });
    const GameSessionId = created.GameSession?.GameSessionId;
    expect(await server.nextEvent('CreateGameSession')).toMatchObject({ GameSessionId, Port: 7_777 });
    expect(await server.activateGameSession()).toMatchObject({ StatusCode: 200 });
    const { PlayerSessions = [] } = await gameLift.createPlayerSessions({
      GameSessionId,
      PlayerIds: ['ada', 'bob', 'cy', 'dan'],
    });
    const answers = await Promise.all(
      PlayerSessions.map(({ PlayerSessionId = '' }) => server.acceptPlayerSession(PlayerSessionId)),
    );
    expect(answers.map(({ StatusCode }) => StatusCode)).toEqual([200, 200, 200, 200]);
    await server.removePlayerSession(PlayerSessions[0]?.PlayerSessionId ?? '');
    const playing = await gameLift.describeGameSessions({ GameSessionId });
    expect(playing.GameSessions?.[0]).toMatchObject({ Status: 'ACTIVE', CurrentPlayerSessionCount: 3 });

    await gameLift.updateGameSession({ GameSessionId, Name: 'Renamed' });
    expect(await server.nextEvent('UpdateGameSession')).toMatchObject({ GameSession: { Name: 'Renamed' } });
    const how = { GameSessionId, TerminationMode: 'TRIGGER_ON_PROCESS_TERMINATE' } as const;
    expect((await gameLift.terminateGameSession(how)).GameSession).toMatchObject({ Status: 'TERMINATING' });
    await server.nextEvent('TerminateProcess');
    expect(await server.processEnding()).toMatchObject({ StatusCode: 200 });
    const over = await gameLift.describeGameSessions({ GameSessionId });
    expect(over.GameSessions?.[0]).toMatchObject({
      Status: 'TERMINATED',
      StatusReason: 'TRIGGERED_ON_PROCESS_TERMINATE',
    });
    expect(server.closes).toEqual([]);
    server.destroy();
  },
);
