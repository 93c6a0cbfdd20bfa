import {
  CreatePlayerSessionCommand,
  CreatePlayerSessionsCommand,
  DescribeGameSessionsCommand,
  DescribePlayerSessionsCommand,
} from '@aws-sdk/client-gamelift';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { acceptPlayer, createGameSession, endOf, join } from '#test/support/game-lift.ts';
import { sendRaw, signed, unsigned } from '#test/support/raw-request.ts';
import { fleetId, type Service, startService } from '#test/support/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const psess = expect.stringMatching(/^psess-[0-9A-Za-z]{29}$/);
const fleetArn = `arn:aws:gamelift:us-east-1:123456789012:fleet/${fleetId}`;

async function heldSlots(GameSessionId: string): Promise<number | undefined> {
  const { GameSessions } = await service.gameLift.send(new DescribeGameSessionsCommand({ GameSessionId }));
  return GameSessions?.[0]?.CurrentPlayerSessionCount;
}

async function statuses(GameSessionId: string): Promise<readonly (string | undefined)[]> {
  const { PlayerSessions } = await service.gameLift.send(
    new DescribePlayerSessionsCommand({ GameSessionId }),
  );
  return PlayerSessions?.map(({ Status }) => Status) ?? [];
}

describe('CreatePlayerSession', () => {
  test('reserves a slot and answers with what is known of the player', async () => {
    const { GameSessionId } = await createGameSession(service.gameLift);

    const { PlayerSession } = await service.gameLift.send(
      new CreatePlayerSessionCommand({ GameSessionId, PlayerId: 'ada', PlayerData: '{"team":"red"}' }),
    );

    expect(PlayerSession).toStrictEqual({
      PlayerSessionId: psess,
      PlayerId: 'ada',
      GameSessionId,
      FleetId: fleetId,
      FleetArn: fleetArn,
      CreationTime: new Date(service.clock.now()),
      Status: 'RESERVED',
      PlayerData: '{"team":"red"}',
    });
    expect(await heldSlots(GameSessionId)).toBe(1);
  });

  test('leaves out player data that nobody gave', async () => {
    const { GameSessionId } = await createGameSession(service.gameLift);
    const { PlayerSession } = await service.gameLift.send(
      new CreatePlayerSessionCommand({ GameSessionId, PlayerId: 'ada' }),
    );
    expect(PlayerSession).not.toHaveProperty('PlayerData');
  });

  test.each([
    ['of one character', 'x'],
    ['of 1,024 characters outside the basic plane', '🎮'.repeat(1_024)],
    ['with spaces and line breaks', ' ada\n lovelace\t'],
    ['that is the name of a built-in member', '__proto__'],
    ['that looks like a key of the table', 'SESSION#1/PAYLOAD'],
  ])('takes a player id %s as it is', async (_, PlayerId) => {
    const { GameSessionId } = await createGameSession(service.gameLift);
    await join(service.gameLift, GameSessionId, PlayerId);
    const { PlayerSessions } = await service.gameLift.send(new DescribePlayerSessionsCommand({ PlayerId }));
    expect(PlayerSessions).toEqual([expect.objectContaining({ PlayerId, GameSessionId })]);
  });

  test('gives a player who comes back a player session of its own, as GameLift promises no uniqueness', async () => {
    const { GameSessionId } = await createGameSession(service.gameLift);
    const first = await join(service.gameLift, GameSessionId, 'ada');
    const second = await join(service.gameLift, GameSessionId, 'ada');
    expect(second).not.toBe(first);
    expect(await heldSlots(GameSessionId)).toBe(2);
  });

  test('is a request of its own each time for a caller without an SDK, who names no invocation', async () => {
    const { GameSessionId } = await createGameSession(service.gameLift);
    const body = JSON.stringify({ GameSessionId, PlayerId: 'ada' });
    const request = signed(service, unsigned('CreatePlayerSession', body));
    const [first, second] = [await sendRaw(service.url, request), await sendRaw(service.url, request)];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.body).not.toBe(first.body);
    expect(await heldSlots(GameSessionId)).toBe(2);
  });

  test('keeps two callers apart who reserve the same slot by the same invocation id', async () => {
    const { GameSessionId } = await createGameSession(service.gameLift);
    const reserve = (PlayerId: string) => {
      const { headers, body } = unsigned('CreatePlayerSession', JSON.stringify({ GameSessionId, PlayerId }));
      const withInvocation = { headers: { ...headers, 'amz-sdk-invocation-id': 'not-unique' }, body };
      return sendRaw(service.url, signed(service, withInvocation));
    };
    const [ada, bob] = [await reserve('ada'), await reserve('bob')];
    expect([ada.status, bob.status]).toEqual([200, 200]);
    expect(await heldSlots(GameSessionId)).toBe(2);
  });
});

describe('CreatePlayerSessions', () => {
  test('reserves slots for a party of 25 and answers in the order asked for', async () => {
    const { GameSessionId } = await createGameSession(service.gameLift, { MaximumPlayerSessionCount: 25 });
    const PlayerIds = Array.from({ length: 25 }, (_, number) => `player-${number}`).toReversed();

    const { PlayerSessions } = await service.gameLift.send(
      new CreatePlayerSessionsCommand({
        GameSessionId,
        PlayerIds,
        PlayerDataMap: { 'player-3': 'three', 'player-24': 'twenty-four', 'somebody-else': 'ignored' },
      }),
    );

    const data = new Map([
      ['player-3', { PlayerData: 'three' }],
      ['player-24', { PlayerData: 'twenty-four' }],
    ]);
    expect(PlayerSessions).toStrictEqual(
      PlayerIds.map((PlayerId) => ({
        PlayerSessionId: psess,
        PlayerId,
        GameSessionId,
        FleetId: fleetId,
        FleetArn: fleetArn,
        CreationTime: new Date(service.clock.now()),
        Status: 'RESERVED',
        ...data.get(PlayerId),
      })),
    );
    expect(new Set(PlayerSessions?.map(({ PlayerSessionId }) => PlayerSessionId)).size).toBe(25);
    expect(await heldSlots(GameSessionId)).toBe(25);
  });

  test('fills the session to the last slot with parties and single players', async () => {
    const { GameSessionId } = await createGameSession(service.gameLift);
    const party = (...PlayerIds: string[]) =>
      service.gameLift.send(new CreatePlayerSessionsCommand({ GameSessionId, PlayerIds }));
    expect(await endOf(party('a', 'b', 'c'))).toBe('answered');
    expect(await endOf(party('d', 'e'))).toBe('GameSessionFullException');
    expect(await endOf(join(service.gameLift, GameSessionId, 'd'))).toBe('answered');
    expect(await heldSlots(GameSessionId)).toBe(4);
  });
});

describe('a reservation that nobody takes up', () => {
  test('holds its slot for 60 s and not a millisecond longer, with no cleanup of any kind', async () => {
    const { GameSessionId } = await createGameSession(service.gameLift);
    for (const player of ['a', 'b', 'c', 'd']) await join(service.gameLift, GameSessionId, player);
    const reserved = service.clock.now();

    service.clock.turn(59_999);
    expect(await statuses(GameSessionId)).toEqual(['RESERVED', 'RESERVED', 'RESERVED', 'RESERVED']);
    expect(await endOf(join(service.gameLift, GameSessionId, 'e'))).toBe('GameSessionFullException');
    expect(await heldSlots(GameSessionId)).toBe(4);

    service.clock.turn(1);
    const { PlayerSessions } = await service.gameLift.send(
      new DescribePlayerSessionsCommand({ GameSessionId }),
    );
    expect(PlayerSessions?.map(({ Status, TerminationTime }) => ({ Status, TerminationTime }))).toEqual(
      Array.from({ length: 4 }, () => ({ Status: 'TIMEDOUT', TerminationTime: new Date(reserved + 60_000) })),
    );
    expect(await heldSlots(GameSessionId)).toBe(0);
    const party = new CreatePlayerSessionsCommand({ GameSessionId, PlayerIds: ['e', 'f', 'g', 'h'] });
    expect(await endOf(service.gameLift.send(party))).toBe('answered');
    expect(await heldSlots(GameSessionId)).toBe(4);
    expect((await statuses(GameSessionId)).toSorted()).toEqual([
      ...Array.from({ length: 4 }, () => 'RESERVED'),
      ...Array.from({ length: 4 }, () => 'TIMEDOUT'),
    ]);
  });

  test('does not take the slot of a player who has arrived with it', async () => {
    const { GameSessionId } = await createGameSession(service.gameLift, { MaximumPlayerSessionCount: 2 });
    const arrived = await join(service.gameLift, GameSessionId, 'arrives');
    await join(service.gameLift, GameSessionId, 'stays-away');
    await acceptPlayer(service, arrived);

    service.clock.turn(60_000);
    expect(await heldSlots(GameSessionId)).toBe(1);
    expect(await endOf(join(service.gameLift, GameSessionId, 'next'))).toBe('answered');
    expect(await endOf(join(service.gameLift, GameSessionId, 'one-too-many'))).toBe(
      'GameSessionFullException',
    );
    expect((await statuses(GameSessionId)).toSorted()).toEqual(['ACTIVE', 'RESERVED', 'TIMEDOUT']);
  });
});

describe('a session that was full a moment ago', () => {
  const asked = async (sent: Promise<unknown>) => {
    service.wire.count();
    const end = await endOf(sent);
    return { end, requests: service.wire.count() };
  };
  const full = 'GameSessionFullException';

  test('refuses a newcomer without asking the table, for a quarter of a second', async () => {
    const { GameSessionId } = await createGameSession(service.gameLift, { MaximumPlayerSessionCount: 0 });
    const newcomer = () => asked(join(service.gameLift, GameSessionId, 'newcomer'));
    expect(await newcomer()).toEqual({ end: full, requests: { UpdateItem: 1 } });
    service.clock.turn(249);
    expect(await newcomer()).toEqual({ end: full, requests: {} });
    service.clock.turn(1);
    expect(await newcomer()).toEqual({ end: full, requests: { UpdateItem: 1 } });
  });

  test('takes a newcomer as soon as a reservation in it lapses', async () => {
    const { GameSessionId } = await createGameSession(service.gameLift, { MaximumPlayerSessionCount: 1 });
    await join(service.gameLift, GameSessionId, 'absent');
    service.clock.turn(59_900);
    expect(await endOf(join(service.gameLift, GameSessionId, 'newcomer'))).toBe(full);
    service.clock.turn(100);
    expect(await endOf(join(service.gameLift, GameSessionId, 'newcomer'))).toBe('answered');
  });

  test('takes a single player where it was full for a party', async () => {
    const { GameSessionId } = await createGameSession(service.gameLift, { MaximumPlayerSessionCount: 1 });
    const party = new CreatePlayerSessionsCommand({ GameSessionId, PlayerIds: ['a', 'b'] });
    expect(await endOf(service.gameLift.send(party))).toBe(full);
    expect(await asked(service.gameLift.send(party))).toEqual({ end: full, requests: {} });
    expect(await endOf(join(service.gameLift, GameSessionId, 'c'))).toBe('answered');
  });
});
