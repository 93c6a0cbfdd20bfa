import { bareClient, reserveBare } from './bare-writes.ts';

const client = bareClient();

/** The least that a function can do to reserve a slot: the two writes, by lib-dynamodb alone. */
export async function handler(): Promise<{ readonly statusCode: number }> {
  await reserveBare(client, 'Openslot-ServiceSessionsTable', {
    sessionKey: '0123456789abcdefgh',
    sessionReference: 'fleet-1/custom-local/gsess-1',
    token: '0123456789a',
    playerId: 'ada',
    playerHash: '0123456789abcdef',
    now: Date.now(),
  });
  return { statusCode: 200 };
}
