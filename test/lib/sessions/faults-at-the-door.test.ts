import { CreatePlayerSessionCommand, type GameLiftClient } from '@aws-sdk/client-gamelift';
import { describe, expect, test } from 'vitest';
import { reservationTime } from '#lib/sessions/reserve.ts';
import { faults } from '#test/support/dynamodb-wire.ts';
import { createGameSession } from '#test/support/game-lift.ts';
import { startService } from '#test/support/service.ts';
import { breakNext, mend, tries, type Write } from './broken-writes.ts';

/** How a CreatePlayerSession ended, as the caller of an AWS SDK sees it: the player session's status, or the error. */
function join(gameLift: GameLiftClient, GameSessionId: string, PlayerId: string): Promise<string> {
  return gameLift.send(new CreatePlayerSessionCommand({ GameSessionId, PlayerId })).then(
    ({ PlayerSession }) => String(PlayerSession?.Status),
    (error: Error) => error.name,
  );
}

/** How often the caller's SDK tries, when nobody has told it otherwise. */
const callerTries = 3;

const writes: readonly Write[] = ['ledger', 'player'];

describe.concurrent.each(faults)('a caller whose write is "%s"', (fault) => {
  const error = fault === 'throttled' ? 'ThrottlingException' : 'InternalServiceException';

  test.each(writes)(
    `every time, on the %s, is answered with ${error}, and no slot is missing after 60 s`,
    async (write) => {
      const service = await startService();
      const once = service.client({ maxAttempts: 1 });
      const { GameSessionId } = await createGameSession(once, { MaximumPlayerSessionCount: 2 });
      breakNext(service.wire, write, fault, Infinity);
      expect(await join(once, GameSessionId, 'ada')).toBe(error);
      expect(await join(service.gameLift, GameSessionId, 'bob')).toBe(error);

      mend(service.wire);
      service.clock.turn(reservationTime);
      const ends = [];
      for (const player of ['a', 'b', 'c']) ends.push(await join(once, GameSessionId, player));
      expect(ends).toEqual(['RESERVED', 'RESERVED', 'GameSessionFullException']);
      await service.close();
    },
  );

  test.each(writes)('until its SDK tries for the last time, on the %s, gets one slot', async (write) => {
    const service = await startService();
    const { GameSessionId } = await createGameSession(service.gameLift, { MaximumPlayerSessionCount: 2 });
    breakNext(service.wire, write, fault, tries * (callerTries - 1));
    expect(await join(service.gameLift, GameSessionId, 'ada')).toBe('RESERVED');
    expect(await join(service.gameLift, GameSessionId, 'bob')).toBe('RESERVED');
    expect(await join(service.gameLift, GameSessionId, 'eve')).toBe('GameSessionFullException');
    await service.close();
  });
});
