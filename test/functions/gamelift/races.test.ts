import {
  CreateGameSessionCommand,
  CreatePlayerSessionCommand,
  CreatePlayerSessionsCommand,
  DescribeGameSessionsCommand,
  type GameLiftClient,
  TerminateGameSessionCommand,
} from '@aws-sdk/client-gamelift';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { atOnce } from '#test/support/at-once.ts';
import { slotAccounts } from '#test/support/contents.ts';
import { createGameSession, endOf, join } from '#test/support/game-lift.ts';
import { fleetId, location, type Service, startService } from '#test/support/service.ts';

const rounds = 25;

let service: Service;
/** A client with as many connections as there are racers. */
let gameLift: GameLiftClient;
beforeAll(async () => {
  service = await startService();
  gameLift = service.client({
    requestHandler: new NodeHttpHandler({ httpAgent: { keepAlive: true, maxSockets: 64 } }),
  });
});
afterAll(async () => {
  gameLift.destroy();
  await service.close();
});

afterEach(async () => {
  for (const { accounted, capacity } of await slotAccounts(service.table)) expect(accounted).toBe(capacity);
});

/** How many requests ended in each way. */
function tally(ends: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const end of ends) counts[end] = (counts[end] ?? 0) + 1;
  return counts;
}

test(`of 20 players who race for 4 slots exactly 4 get in and 16 are told that the session is full, ${rounds} times`, async () => {
  for (let round = 0; round < rounds; round++) {
    const { GameSessionId } = await createGameSession(gameLift, { MaximumPlayerSessionCount: 4 });

    const ends = await atOnce(20, 20, async (number) => {
      const command = new CreatePlayerSessionCommand({ GameSessionId, PlayerId: `player-${number}` });
      const answer = await gameLift.send(command).catch((error: Error) => error.name);
      return typeof answer === 'string' ? answer : String(answer.PlayerSession?.Status);
    });

    expect(tally(ends)).toEqual({ RESERVED: 4, GameSessionFullException: 16 });
  }
});

test('of 200 players who race for the slots of 200 who never came, all get in, none twice', async () => {
  const { GameSessionId } = await createGameSession(gameLift, { MaximumPlayerSessionCount: 200 });
  const before = await atOnce(64, 200, (number) => join(gameLift, GameSessionId, `absent-${number}`));
  expect(await endOf(join(gameLift, GameSessionId, 'too-early'))).toBe('GameSessionFullException');

  service.clock.turn(60_000);
  const racers = await atOnce(64, 200, (number) => join(gameLift, GameSessionId, `racer-${number}`));

  expect(new Set([...before, ...racers]).size).toBe(400);
  expect(await endOf(join(gameLift, GameSessionId, 'too-late'))).toBe('GameSessionFullException');
  const { GameSessions } = await gameLift.send(new DescribeGameSessionsCommand({ GameSessionId }));
  expect(GameSessions?.[0]?.CurrentPlayerSessionCount).toBe(200);
});

test(`of parties of 3 who race for 10 slots exactly 3 get in whole, and the last slot stays for one, ${rounds} times`, async () => {
  for (let round = 0; round < rounds; round++) {
    const { GameSessionId } = await createGameSession(gameLift, { MaximumPlayerSessionCount: 10 });

    const ends = await atOnce(8, 8, (party) =>
      endOf(
        gameLift.send(
          new CreatePlayerSessionsCommand({
            GameSessionId,
            PlayerIds: [`${party}-a`, `${party}-b`, `${party}-c`],
          }),
        ),
      ),
    );

    expect(tally(ends)).toEqual({ answered: 3, GameSessionFullException: 5 });
    expect(await endOf(join(gameLift, GameSessionId, 'single'))).toBe('answered');
  }
});

test('parties that race for lapsed slots take each of them once', async () => {
  const { GameSessionId } = await createGameSession(gameLift, { MaximumPlayerSessionCount: 50 });
  const party = (name: string, size: number) =>
    endOf(
      gameLift.send(
        new CreatePlayerSessionsCommand({
          GameSessionId,
          PlayerIds: Array.from({ length: size }, (_, number) => `${name}-${number}`),
        }),
      ),
    );
  expect(await atOnce(2, 2, (number) => party(`absent-${number}`, 25))).toEqual(['answered', 'answered']);

  service.clock.turn(60_000);
  const ends = await atOnce(20, 20, (number) => party(`racers-${number}`, 5));
  expect(tally(ends)).toEqual({ answered: 10, GameSessionFullException: 10 });
});

test(`of 10 callers who create a session with one token at the same time all get the same session, ${rounds} times`, async () => {
  for (let round = 0; round < rounds; round++) {
    const ids = await atOnce(10, 10, async () => {
      const { GameSession } = await gameLift.send(
        new CreateGameSessionCommand({
          FleetId: fleetId,
          Location: location,
          MaximumPlayerSessionCount: 4,
          IdempotencyToken: `round-${round}`,
        }),
      );
      return GameSession?.GameSessionId;
    });
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(new RegExp(`/round-${round}$`));
  }
});

test(`players who race with the end of their session are reserved or told so, and afterwards nobody is in, ${rounds} times`, async () => {
  for (let round = 0; round < rounds; round++) {
    const { GameSessionId } = await createGameSession(gameLift, { MaximumPlayerSessionCount: 20 });
    const terminate = new TerminateGameSessionCommand({ GameSessionId, TerminationMode: 'FORCE_TERMINATE' });

    const ends = await atOnce(12, 12, (number) =>
      endOf(number === 5 ? gameLift.send(terminate) : join(gameLift, GameSessionId, `player-${number}`)),
    );

    const { answered = 0, InvalidGameSessionStatusException: refused = 0 } = tally(ends);
    expect(ends[5]).toBe('answered');
    expect(answered + refused).toBe(12);
    const { GameSessions } = await gameLift.send(new DescribeGameSessionsCommand({ GameSessionId }));
    expect(GameSessions).toEqual([
      expect.objectContaining({ Status: 'TERMINATED', CurrentPlayerSessionCount: 0 }),
    ]);
  }
});

test(`of 10 callers who end a session at the same time one ends it and the others are told that it has ended, ${rounds} times`, async () => {
  for (let round = 0; round < rounds; round++) {
    const { GameSessionId } = await createGameSession(gameLift);
    const ends = await atOnce(10, 10, () =>
      endOf(
        gameLift.send(new TerminateGameSessionCommand({ GameSessionId, TerminationMode: 'FORCE_TERMINATE' })),
      ),
    );
    expect(tally(ends)).toEqual({ answered: 1, InvalidGameSessionStatusException: 9 });
  }
});
