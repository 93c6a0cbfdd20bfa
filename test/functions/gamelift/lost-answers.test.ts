import {
  CreateFleetCommand,
  CreateGameSessionCommand,
  CreateLocationCommand,
  CreatePlayerSessionCommand,
  CreatePlayerSessionsCommand,
  DescribeGameSessionsCommand,
  DescribePlayerSessionsCommand,
  type GameLiftClient,
  ListFleetsCommand,
  type PlayerSession,
  TerminateGameSessionCommand,
} from '@aws-sdk/client-gamelift';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { contentsOf, denyPlayers, ledgersOf, slotAccounts } from '#test/support/contents.ts';
import {
  acceptPlayer,
  createGameSession,
  endOf,
  join,
  removePlayer,
  sessionKeyIn,
} from '#test/support/game-lift.ts';
import { LossyHttp } from '#test/support/lossy-http.ts';
import { fleetId, location, type Service, startService } from '#test/support/service.ts';

let service: Service;
let http: LossyHttp;
/** An SDK whose first answers get lost, and which tries again by itself. */
let gameLift: GameLiftClient;
const started: Service[] = [];

beforeEach(async () => {
  service = await startService();
  started.push(service);
  http = new LossyHttp();
  gameLift = service.client({
    requestHandler: http,
    retryStrategy: new ConfiguredRetryStrategy(3, () => 0),
  });
});
afterAll(() => Promise.all(started.map((each) => each.close())));

/** Sends while the first answers are lost; the SDK sees the last of three. */
async function losing<Answer>(losses: number, send: () => Promise<Answer>): Promise<Answer> {
  http.losses = losses;
  http.sent = 0;
  const answer = await send();
  expect(http.sent).toBe(losses + 1);
  return answer;
}

describe.each([1, 2])('when the answers to the first %i tries are lost', (losses) => {
  test('CreatePlayerSession answers with the one player session and holds one slot', async () => {
    const { GameSessionId } = await createGameSession(gameLift);

    const { PlayerSession } = await losing(losses, () =>
      gameLift.send(new CreatePlayerSessionCommand({ GameSessionId, PlayerId: 'ada', PlayerData: 'red' })),
    );

    expect(PlayerSession).toMatchObject({ PlayerId: 'ada', PlayerData: 'red', Status: 'RESERVED' });
    const { PlayerSessions } = await gameLift.send(new DescribePlayerSessionsCommand({ GameSessionId }));
    expect(PlayerSessions).toStrictEqual([PlayerSession]);
    const [ledger] = await ledgersOf(service.table);
    expect(ledger).toMatchObject({ open: 3, capacity: 4 });
    expect(Object.keys(ledger?.seats ?? {})).toHaveLength(1);
  });

  test('CreatePlayerSessions answers with the one party and holds its slots once', async () => {
    const { GameSessionId } = await createGameSession(gameLift);

    const { PlayerSessions: party } = await losing(losses, () =>
      gameLift.send(new CreatePlayerSessionsCommand({ GameSessionId, PlayerIds: ['a', 'b', 'c'] })),
    );

    expect(party?.map(({ PlayerId }) => PlayerId)).toEqual(['a', 'b', 'c']);
    const { PlayerSessions } = await gameLift.send(new DescribePlayerSessionsCommand({ GameSessionId }));
    const byId = (one: PlayerSession, other: PlayerSession) =>
      `${one.PlayerId}`.localeCompare(`${other.PlayerId}`);
    expect(PlayerSessions?.toSorted(byId)).toStrictEqual(party);
    expect(await ledgersOf(service.table)).toEqual([expect.objectContaining({ open: 1, capacity: 4 })]);
  });

  test('CreateGameSession makes one session, though the caller gave no token', async () => {
    const { GameSession } = await losing(losses, () =>
      gameLift.send(
        new CreateGameSessionCommand({ FleetId: fleetId, Location: location, MaximumPlayerSessionCount: 4 }),
      ),
    );

    const { GameSessions } = await gameLift.send(new DescribeGameSessionsCommand({ FleetId: fleetId }));
    expect(GameSessions).toStrictEqual([GameSession]);
  });

  test('CreateFleet makes one fleet', async () => {
    const { FleetAttributes } = await losing(losses, () =>
      gameLift.send(
        new CreateFleetCommand({ Name: 'One', ComputeType: 'ANYWHERE', Locations: [{ Location: location }] }),
      ),
    );
    const { FleetIds } = await gameLift.send(new ListFleetsCommand({}));
    expect(FleetIds?.toSorted()).toEqual([FleetAttributes?.FleetId, fleetId].toSorted());
  });

  test('CreateLocation makes a location, and does not say that it exists already', async () => {
    const command = new CreateLocationCommand({ LocationName: 'custom-attic' });
    const { Location } = await losing(losses, () => gameLift.send(command));
    expect(Location?.LocationName).toBe('custom-attic');
    // Another request is not the retry of that one.
    expect(await endOf(gameLift.send(command))).toBe('ConflictException');
  });

  test('TerminateGameSession answers as the first try did, and does not say that the session had ended already', async () => {
    const { GameSessionId } = await createGameSession(gameLift);
    const ended = service.clock.now();
    const terminate = new TerminateGameSessionCommand({ GameSessionId, TerminationMode: 'FORCE_TERMINATE' });

    const { GameSession } = await losing(losses, () => gameLift.send(terminate));

    expect(GameSession).toMatchObject({ Status: 'TERMINATED', TerminationTime: new Date(ended) });
    // Another request is not the retry of that one.
    expect(await endOf(gameLift.send(terminate))).toBe('InvalidGameSessionStatusException');
  });
});

describe('a retry is answered as its first try would have been', () => {
  let GameSessionId: string;
  beforeEach(async () => {
    ({ GameSessionId } = await createGameSession(gameLift, { MaximumPlayerSessionCount: 1 }));
  });

  const reserve = () =>
    losing(1, () => gameLift.send(new CreatePlayerSessionCommand({ GameSessionId, PlayerId: 'ada' })));
  const players = async () => {
    const { PlayerSessions } = await service.gameLift.send(
      new DescribePlayerSessionsCommand({ GameSessionId }),
    );
    return PlayerSessions ?? [];
  };

  test('when its own seat filled the session, and somebody else was just told that it is full', async () => {
    http.meanwhile = async () => {
      expect(await endOf(join(service.gameLift, GameSessionId, 'bob'))).toBe('GameSessionFullException');
    };
    const { PlayerSession } = await reserve();
    expect(PlayerSession).toMatchObject({ PlayerId: 'ada', Status: 'RESERVED' });
    expect(await players()).toStrictEqual([PlayerSession]);
  });

  test('when the session turns newcomers away by then', async () => {
    http.meanwhile = () => denyPlayers(service.table, sessionKeyIn(GameSessionId));
    const { PlayerSession } = await reserve();
    expect(PlayerSession).toMatchObject({ PlayerId: 'ada', Status: 'RESERVED' });
    expect(await players()).toStrictEqual([PlayerSession]);
  });

  test('when the player has arrived by then, who is ACTIVE', async () => {
    http.meanwhile = async () => {
      const [ada] = await players();
      await acceptPlayer(service, ada?.PlayerSessionId ?? '');
    };
    const { PlayerSession } = await reserve();
    expect(PlayerSession).toMatchObject({ PlayerId: 'ada', Status: 'ACTIVE' });
    expect(await players()).toStrictEqual([PlayerSession]);
  });

  test('when the player has come and gone by then, who is COMPLETED and holds no slot', async () => {
    http.meanwhile = async () => {
      const [ada] = await players();
      await acceptPlayer(service, ada?.PlayerSessionId ?? '');
      await removePlayer(service, ada?.PlayerSessionId ?? '');
    };
    const { PlayerSession } = await reserve();
    expect(PlayerSession).toMatchObject({ PlayerId: 'ada', Status: 'COMPLETED' });
    expect(await ledgersOf(service.table)).toEqual([expect.objectContaining({ open: 1, seats: {} })]);
  });

  test('when the reservation has lapsed by then, which is renewed', async () => {
    http.meanwhile = () => service.clock.turn(60_000);
    const { PlayerSession } = await reserve();
    expect(PlayerSession).toMatchObject({ PlayerId: 'ada', Status: 'RESERVED' });
    expect(await slotAccounts(service.table)).toEqual([{ accounted: 1, capacity: 1 }]);
    expect(await players()).toStrictEqual([PlayerSession]);
  });

  test('unless the session has ended by then', async () => {
    http.meanwhile = async () => {
      await service.gameLift.send(
        new TerminateGameSessionCommand({ GameSessionId, TerminationMode: 'FORCE_TERMINATE' }),
      );
    };
    expect(await endOf(reserve())).toBe('InvalidGameSessionStatusException');
  });

  test('unless somebody else has taken the slot after the reservation lapsed', async () => {
    http.meanwhile = async () => {
      service.clock.turn(60_000);
      await join(service.gameLift, GameSessionId, 'bob');
    };
    expect(await endOf(reserve())).toBe('GameSessionFullException');
    expect((await players()).map(({ PlayerId, Status }) => `${PlayerId} ${Status}`).toSorted()).toEqual([
      'ada TIMEDOUT',
      'bob RESERVED',
    ]);
  });
});

test('when no answer arrives at all the caller gets the error, and the seat that was taken lapses by itself', async () => {
  const { GameSessionId } = await createGameSession(gameLift, { MaximumPlayerSessionCount: 1 });
  http.losses = 3;
  const sent = gameLift.send(new CreatePlayerSessionCommand({ GameSessionId, PlayerId: 'ada' }));
  await expect(sent).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(await endOf(join(gameLift, GameSessionId, 'bob'))).toBe('GameSessionFullException');

  service.clock.turn(60_000);
  expect(await endOf(join(gameLift, GameSessionId, 'bob'))).toBe('answered');
});

test('a retry of a refused request writes nothing either', async () => {
  const { GameSessionId } = await createGameSession(gameLift, { MaximumPlayerSessionCount: 1 });
  await join(gameLift, GameSessionId, 'ada');
  const before = await contentsOf(service.table);
  const end = await losing(1, () => endOf(join(gameLift, GameSessionId, 'bob')));
  expect(end).toBe('GameSessionFullException');
  expect(await contentsOf(service.table)).toEqual(before);
});
