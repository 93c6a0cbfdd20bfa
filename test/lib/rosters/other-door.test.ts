import {
  CreatePlayerSessionCommand,
  DescribeGameSessionsCommand,
  DescribePlayerSessionsCommand,
  TerminateGameSessionCommand,
  UpdateGameSessionCommand,
} from '@aws-sdk/client-gamelift';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { gameSessionArn, playerSessionId } from '#functions/gamelift/identifiers.ts';
import { rosterKeyOf, tokenOf } from '#lib/rosters/ids.ts';
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

test.each(['game-session/', 'game-session:', 'game-session ', ''])(
  'no ARN names a session with a roster, not one with "%s" before its id',
  async (prefix) => {
    const before = await session.read();
    const GameSessionId = gameSessionArn(deployment, `${prefix}${session.address.sessionId}`);
    const { gameLift } = service;
    const requests = [
      gameLift.send(new CreatePlayerSessionCommand({ GameSessionId, PlayerId: 'eve' })),
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

test('no player session has the key of a player in a roster', async () => {
  const seat = { sessionKey: rosterKeyOf(session.address.sessionId), token: tokenOf(xuidOf('ada')) };
  const byId = new DescribePlayerSessionsCommand({ PlayerSessionId: playerSessionId(seat) });
  expect(await endOf(service.gameLift.send(byId))).toBe('NotFoundException');
  const byPlayer = new DescribePlayerSessionsCommand({ PlayerId: `${someTitle}\n${xuidOf('ada')}` });
  expect((await service.gameLift.send(byPlayer)).PlayerSessions).toEqual([]);
});
