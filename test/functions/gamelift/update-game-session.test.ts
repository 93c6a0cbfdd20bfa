import {
  DescribeGameSessionDetailsCommand,
  DescribeGameSessionsCommand,
  TerminateGameSessionCommand,
  UpdateGameSessionCommand,
  type UpdateGameSessionInput,
} from '@aws-sdk/client-gamelift';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { atOnce } from '#test/support/at-once.ts';
import { contentsOf, slotAccounts } from '#test/support/contents.ts';
import { acceptPlayer, createGameSession, endOf, join, refusalOf } from '#test/support/game-lift.ts';
import { LossyHttp } from '#test/support/lossy-http.ts';
import { type Service, startService } from '#test/support/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

let session: Awaited<ReturnType<typeof createGameSession>>;
let GameSessionId: string;
beforeEach(async () => {
  session = await createGameSession(service.gameLift, {
    Name: 'Friday',
    GameProperties: [{ Key: 'mode', Value: 'duel' }],
    GameSessionData: '{"map":"harbour"}',
  });
  ({ GameSessionId } = session);
});
afterEach(async () => {
  for (const { accounted, capacity } of await slotAccounts(service.table)) expect(accounted).toBe(capacity);
});

const update = async (
  members: Omit<UpdateGameSessionInput, 'GameSessionId'>,
  gameLift = service.gameLift,
) => {
  const { GameSession } = await gameLift.send(new UpdateGameSessionCommand({ GameSessionId, ...members }));
  return GameSession;
};
const describeIt = async () => {
  const { GameSessions } = await service.gameLift.send(new DescribeGameSessionsCommand({ GameSessionId }));
  return GameSessions?.[0];
};

describe('a game session', () => {
  test('changes in what is given, answers with all that it is then, and shows it to whoever asks', async () => {
    const changed = await update({
      MaximumPlayerSessionCount: 9,
      Name: 'Saturday',
      PlayerSessionCreationPolicy: 'DENY_ALL',
      ProtectionPolicy: 'FullProtection',
      GameProperties: [
        { Key: 'night', Value: '' },
        { Key: 'mode', Value: 'race' },
      ],
    });
    expect(changed).toStrictEqual({
      ...session,
      MaximumPlayerSessionCount: 9,
      Name: 'Saturday',
      PlayerSessionCreationPolicy: 'DENY_ALL',
      GameProperties: [
        { Key: 'mode', Value: 'race' },
        { Key: 'night', Value: '' },
      ],
    });
    expect(await describeIt()).toStrictEqual(changed);
  });

  test.each<[string, Omit<UpdateGameSessionInput, 'GameSessionId'>]>([
    ['slots', { MaximumPlayerSessionCount: 5 }],
    ['name', { Name: 'Saturday' }],
    ['policy', { PlayerSessionCreationPolicy: 'DENY_ALL' }],
    ['properties', { GameProperties: [{ Key: 'mode', Value: 'race' }] }],
  ])('of which only the %s are given keeps the rest', async (_, members) => {
    expect(await update(members)).toStrictEqual({ ...session, ...members });
  });

  test('of which nothing is given stays as it is, and nothing is written', async () => {
    const before = await contentsOf(service.table);
    expect(await update({})).toStrictEqual(session);
    expect(await contentsOf(service.table)).toEqual(before);
  });

  test('shows its protection in its details alone', async () => {
    await update({ ProtectionPolicy: 'FullProtection' });
    const { GameSessionDetails } = await service.gameLift.send(
      new DescribeGameSessionDetailsCommand({ GameSessionId }),
    );
    expect(GameSessionDetails).toStrictEqual([{ GameSession: session, ProtectionPolicy: 'FullProtection' }]);
  });

  test('that turns newcomers away keeps those who are in, and takes them again later', async () => {
    await acceptPlayer(service, await join(service.gameLift, GameSessionId, 'ada'));
    await update({ PlayerSessionCreationPolicy: 'DENY_ALL' });
    expect(await endOf(join(service.gameLift, GameSessionId, 'bob'))).toBe(
      'InvalidGameSessionStatusException',
    );
    expect(await describeIt()).toMatchObject({ CurrentPlayerSessionCount: 1 });
    await update({ PlayerSessionCreationPolicy: 'ACCEPT_ALL' });
    expect(await endOf(join(service.gameLift, GameSessionId, 'bob'))).toBe('answered');
  });

  test('that was full takes players at once when it gets more slots', async () => {
    for (const player of ['a', 'b', 'c', 'd']) await join(service.gameLift, GameSessionId, player);
    expect(await endOf(join(service.gameLift, GameSessionId, 'e'))).toBe('GameSessionFullException');
    await update({ MaximumPlayerSessionCount: 5 });
    expect(await endOf(join(service.gameLift, GameSessionId, 'e'))).toBe('answered');
    expect(await endOf(join(service.gameLift, GameSessionId, 'f'))).toBe('GameSessionFullException');
  });

  test('can be made smaller down to the players in it, as soon as those who never came have lapsed', async () => {
    const ada = await join(service.gameLift, GameSessionId, 'ada');
    await acceptPlayer(service, ada);
    for (const player of ['b', 'c', 'd']) await join(service.gameLift, GameSessionId, player);
    expect(await refusalOf(update({ MaximumPlayerSessionCount: 1 }))).toEqual({
      error: 'InvalidRequestException',
      status: 400,
      message: `MaximumPlayerSessionCount cannot be 1: players hold 4 of the slots of ${GameSessionId}.`,
    });
    service.clock.turn(60_000);
    expect(await update({ MaximumPlayerSessionCount: 1 })).toMatchObject({
      MaximumPlayerSessionCount: 1,
      CurrentPlayerSessionCount: 1,
    });
    expect(await endOf(join(service.gameLift, GameSessionId, 'late'))).toBe('GameSessionFullException');
  });

  test('can have 200 slots and none', async () => {
    expect(await update({ MaximumPlayerSessionCount: 200 })).toMatchObject({
      MaximumPlayerSessionCount: 200,
    });
    expect(await update({ MaximumPlayerSessionCount: 0 })).toMatchObject({ MaximumPlayerSessionCount: 0 });
  });
});

describe('an update is refused, and nothing changes,', () => {
  const seventeen = Array.from({ length: 16 }, (_, number) => ({ Key: `key ${number}`, Value: '' }));

  test.each<[string, Partial<UpdateGameSessionInput>, string, string]>([
    [
      'of a game session that does not exist',
      { GameSessionId: 'arn:aws:gamelift:us-east-1::gamesession/fleet-1/custom-1/nowhere', Name: 'x' },
      'NotFoundException',
      'Game session arn:aws:gamelift:us-east-1::gamesession/fleet-1/custom-1/nowhere was not found',
    ],
    [
      'of a game session of another deployment',
      { GameSessionId: 'arn:aws:gamelift:eu-west-1::gamesession/fleet-1/custom-1/nowhere', Name: 'x' },
      'NotFoundException',
      'was not found',
    ],
    [
      'with more slots than a game session can have',
      { MaximumPlayerSessionCount: 201, Name: 'x' },
      'InvalidRequestException',
      'MaximumPlayerSessionCount must be at most 200, not 201.',
    ],
    [
      'with more properties than a game session can have',
      { GameProperties: seventeen, MaximumPlayerSessionCount: 9, PlayerSessionCreationPolicy: 'DENY_ALL' },
      'InvalidRequestException',
      'GameProperties would make it 17 with those that',
    ],
    [
      'with fewer slots than players hold',
      { MaximumPlayerSessionCount: 0, PlayerSessionCreationPolicy: 'DENY_ALL', Name: 'x' },
      'InvalidRequestException',
      'MaximumPlayerSessionCount cannot be 0: players hold 1 of the slots of ',
    ],
    [
      'with a policy that there is not',
      { PlayerSessionCreationPolicy: 'ACCEPT_SOME' as 'ACCEPT_ALL', Name: 'x' },
      'InvalidRequestException',
      "at 'playerSessionCreationPolicy'",
    ],
  ])('%s', async (_, members, error, message) => {
    await join(service.gameLift, GameSessionId, 'ada');
    const before = await contentsOf(service.table);
    expect(await refusalOf(update(members))).toEqual({
      error,
      status: 400,
      message: expect.stringContaining(message),
    });
    expect(await contentsOf(service.table)).toEqual(before);
  });

  test('of a game session that has ended', async () => {
    await service.gameLift.send(
      new TerminateGameSessionCommand({ GameSessionId, TerminationMode: 'FORCE_TERMINATE' }),
    );
    const before = await contentsOf(service.table);
    for (const members of [{ Name: 'x' }, { MaximumPlayerSessionCount: 9 }, {}]) {
      expect(await refusalOf(update(members))).toEqual({
        error: 'InvalidGameSessionStatusException',
        status: 400,
        message: `Game session ${GameSessionId} is TERMINATED. Only an ACTIVE game session takes players and updates.`,
      });
    }
    expect(await contentsOf(service.table)).toEqual(before);
  });
});

test.each([1, 2])(
  'when the answers to the first %i tries are lost it is updated as by one',
  async (losses) => {
    const http = new LossyHttp();
    const gameLift = service.client({ requestHandler: http });
    http.losses = losses;
    const members = {
      MaximumPlayerSessionCount: 2,
      Name: 'small',
      GameProperties: [{ Key: 'a', Value: 'b' }],
    };
    const updated = await update(members, gameLift);
    expect(http.sent).toBe(losses + 1);
    expect(updated).toMatchObject({ MaximumPlayerSessionCount: 2, Name: 'small' });
    expect(await describeIt()).toStrictEqual(updated);
    gameLift.destroy();
  },
);

test('of 30 players who join while the slots become fewer and more, nobody who got in is put out, 10 times', async () => {
  const gameLift = service.client({
    requestHandler: new NodeHttpHandler({ httpAgent: { keepAlive: true, maxSockets: 64 } }),
  });
  for (let round = 0; round < 10; round++) {
    ({ GameSessionId } = await createGameSession(gameLift, { MaximumPlayerSessionCount: 10 }));
    const ends = await atOnce(36, 36, (number) =>
      endOf(
        number % 6 === 0
          ? update({ MaximumPlayerSessionCount: [4, 20, 8, 2, 12, 6][number / 6] ?? 0 }, gameLift)
          : join(gameLift, GameSessionId, `player-${number}`),
      ),
    );
    const isIn = (end: string, number: number) => number % 6 !== 0 && end === 'answered';
    const { CurrentPlayerSessionCount = 0, MaximumPlayerSessionCount = 0 } = (await describeIt()) ?? {};
    expect(CurrentPlayerSessionCount).toBe(ends.filter(isIn).length);
    expect(CurrentPlayerSessionCount).toBeLessThanOrEqual(MaximumPlayerSessionCount);
    expect(
      new Set(ends).difference(new Set(['answered', 'GameSessionFullException', 'InvalidRequestException'])),
    ).toEqual(new Set());
  }
  gameLift.destroy();
});
