import {
  CreatePlayerSessionCommand,
  CreatePlayerSessionsCommand,
  DescribeGameSessionDetailsCommand,
  DescribeGameSessionsCommand,
  DescribePlayerSessionsCommand,
  GetPlayerConnectionDetailsCommand,
  TerminateGameSessionCommand,
  UpdateGameSessionCommand,
} from '@aws-sdk/client-gamelift';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { gameSessionArn, playerSessionId, readPlayerSessionId } from '#functions/identifiers.ts';
import { rosterKeyOf, tokenOf } from '#lib/rosters/ids.ts';
import { accept } from '#lib/sessions/accept.ts';
import { sessionKeyLength, sessionKeyOf } from '#lib/sessions/ids.ts';
import { release } from '#lib/sessions/release.ts';
import { endOf } from '#test/support/game-lift.ts';
import { deployment, type Service, startService } from '#test/support/service.ts';
import { RosterUnderTest, someTitle, xuidOf } from './roster-under-test.ts';

/** Both APIs keep their sessions in one table: those of the one are not there for callers of the other. */

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

let session: RosterUnderTest;
beforeEach(async () => {
  session = await RosterUnderTest.open(service.table);
  await session.join('ada');
});

const prefixes = ['game-session/', 'game-session:', 'game-session ', ''] as const;

test.each(prefixes)(
  'no ARN names a session with a roster, not one with "%s" before its id',
  async (prefix) => {
    const before = await session.read();
    const GameSessionId = gameSessionArn(deployment, `${prefix}${session.address.sessionId}`);
    const { gameLift } = service;
    const requests = [
      gameLift.send(new CreatePlayerSessionCommand({ GameSessionId, PlayerId: 'eve' })),
      gameLift.send(new CreatePlayerSessionsCommand({ GameSessionId, PlayerIds: ['eve', 'zoe'] })),
      gameLift.send(new DescribePlayerSessionsCommand({ GameSessionId })),
      gameLift.send(new GetPlayerConnectionDetailsCommand({ GameSessionId, PlayerIds: ['ada'] })),
      gameLift.send(new DescribeGameSessionDetailsCommand({ GameSessionId })),
      gameLift.send(new UpdateGameSessionCommand({ GameSessionId, MaximumPlayerSessionCount: 1 })),
      gameLift.send(new TerminateGameSessionCommand({ GameSessionId, TerminationMode: 'FORCE_TERMINATE' })),
      gameLift.send(new DescribeGameSessionsCommand({ GameSessionId })),
    ];
    // No ARN has a space in it.
    const refusal = prefix.endsWith(' ') ? 'InvalidRequestException' : 'NotFoundException';
    for (const ended of await Promise.all(requests.map(endOf))) expect(ended).toBe(refusal);
    expect(await session.read()).toEqual(before);
  },
);

test('the key of a session with a roster is longer than any that the GameLift API finds a session by', () => {
  const { sessionId } = session.address;
  expect(rosterKeyOf(sessionId)).toHaveLength(sessionKeyLength + 1);
  for (const prefix of prefixes) expect(sessionKeyOf(`${prefix}${sessionId}`)).toHaveLength(sessionKeyLength);
});

test('no player session id leads to a player in a roster, whether or not one can be called so', async () => {
  const sessionKey = rosterKeyOf(session.address.sessionId);
  const token = tokenOf(xuidOf('ada'));
  const shorter = sessionKey.slice(0, sessionKeyLength);
  const ids = [
    playerSessionId({ sessionKey, token }),
    playerSessionId({ sessionKey, token: token.slice(1) }),
    playerSessionId({ sessionKey, token: token.slice(0, -1) }),
    playerSessionId({ sessionKey: shorter, token }),
    playerSessionId({ sessionKey: sessionKey.slice(1), token }),
  ];
  const before = await session.read();
  for (const PlayerSessionId of ids) {
    const byId = new DescribePlayerSessionsCommand({ PlayerSessionId });
    expect(await endOf(service.gameLift.send(byId))).toBe('NotFoundException');
    const seat = readPlayerSessionId(PlayerSessionId);
    if (seat === undefined) continue;
    const context = { table: service.table, now: session.clock.now() };
    expect(await accept(context, seat)).toEqual({ kind: 'not-found' });
    expect(await release(context, seat)).toEqual({ kind: 'not-found' });
  }
  expect(ids.map((id) => readPlayerSessionId(id) !== undefined)).toEqual([false, true, true, true, true]);
  expect(await session.read()).toEqual(before);
});

test('no player session is that of a player in a roster', async () => {
  const byPlayer = new DescribePlayerSessionsCommand({ PlayerId: `${someTitle}\n${xuidOf('ada')}` });
  expect((await service.gameLift.send(byPlayer)).PlayerSessions).toEqual([]);
});
