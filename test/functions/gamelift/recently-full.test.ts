import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGameSession, endOf, join } from '#test/support/game-lift.ts';
import { sendRaw, signed, unsigned } from '#test/support/raw-request.ts';
import { type Service, startService } from '#test/support/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

// botocore sends `attempt=1` (legacy mode, its default) and `ttl=...; attempt=1; max=3`; see botocore/handlers.py add_retry_headers.
test.each(['attempt=1', 'attempt=1; max=3', 'ttl=20260101T000000Z; attempt=1; max=3'])(
  'the first try of an SDK that spells it "%s" is refused from memory',
  async (attempt) => {
    const { GameSessionId } = await createGameSession(service.gameLift, { MaximumPlayerSessionCount: 0 });
    await endOf(join(service.gameLift, GameSessionId, 'ada'));
    const { headers, body } = unsigned(
      'CreatePlayerSession',
      JSON.stringify({ GameSessionId, PlayerId: 'bob' }),
    );
    const sdkHeaders = { ...headers, 'amz-sdk-invocation-id': attempt, 'amz-sdk-request': attempt };
    service.wire.count();
    const answer = await sendRaw(service.url, signed(service, { headers: sdkHeaders, body }));
    expect(answer.status).toBe(400);
    expect(service.wire.count()).toEqual({});
  },
);
