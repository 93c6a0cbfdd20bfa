import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { localAwsAccess } from '#infra/local/account.ts';
import { bareClient, reserveBare } from './bare-writes.ts';
import { drive } from './drive.ts';
import { answerQuestions } from './own-process.ts';
import { bareReservation, signCalls } from './reservation.ts';
import type { SignedCall } from './signed-calls.ts';

/** Reserves slots as fast as it can, through the service or by the bare SDK. Each side has a process of its own. */
const Session = v.object({ gameSessionId: v.string(), sessionKey: v.string(), sessionReference: v.string() });
const Load = v.intersect([
  v.object({
    /** One reservation in each, in this order. */
    sessions: v.array(Session),
    callers: v.number(),
  }),
  v.variant('side', [
    v.object({ side: v.literal('openslot'), url: v.string() }),
    v.object({ side: v.literal('bare'), endpoint: v.string(), tableName: v.string() }),
  ]),
]);

answerQuestions(Load, async ({ sessions, callers, ...to }) => {
  if (to.side === 'bare') {
    const client = bareClient({ ...localAwsAccess, endpoint: to.endpoint });
    const calls = sessions.map(
      (session) => () => reserveBare(client, to.tableName, bareReservation(session)),
    );
    return drive(calls, callers).finally(() => client.destroy());
  }
  const agent = new Agent({ keepAlive: true, maxSockets: callers });
  // Signed ahead: the callers have the machine's processors in common with the service.
  const signed = await signCalls(to.url, sessions);
  return drive(
    signed.map((call) => () => send(call, to.url, agent)),
    callers,
  ).finally(() => agent.destroy());
});

function send({ headers, body }: SignedCall, url: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    request(url, { method: 'POST', headers, agent }, async (response) => {
      if (response.statusCode === 200) response.resume().once('end', resolve);
      else reject(new Error(`The service answered ${response.statusCode}: ${await text(response)}`));
    })
      .once('error', reject)
      .end(body);
  });
}
