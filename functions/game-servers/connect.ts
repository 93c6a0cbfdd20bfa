import * as v from 'valibot';
import { connect } from '#lib/servers/connect.ts';
import type { DoorContext } from './door.ts';

/** Bounded, as everything from outside. */
const boundedText = (longest: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(longest));

/** The query of a URL to connect with. The ids have the form that the SDKs check themselves. Their version is not needed. */
const Query = v.object({
  pID: boundedText(1_024),
  ComputeId: v.pipe(boundedText(256), v.regex(/^[a-zA-Z0-9-]+(\/[a-zA-Z0-9-]+)?$/)),
  FleetId: v.pipe(boundedText(256), v.regex(/^[a-zA-Z0-9.-]+$/)),
  Authorization: boundedText(1_024),
});

export type ConnectAnswer = 'connected' | 'bad-request' | 'bad-token' | 'ended' | 'contended';

/** Whether whoever wants to connect may. */
export async function letIn(
  context: Pick<DoorContext, 'table' | 'newId'>,
  knock: {
    readonly connectionId: string;
    readonly connectedAt: number;
    readonly query: Readonly<Record<string, string | undefined>>;
    readonly now: number;
  },
): Promise<ConnectAnswer> {
  const query = v.safeParse(Query, knock.query);
  if (!query.success) return 'bad-request';
  const { pID: processId, ComputeId: computeName, FleetId: fleetId, Authorization: token } = query.output;
  const { connectionId, connectedAt, now } = knock;
  const outcome = await connect(
    { table: context.table, newId: context.newId, now },
    { fleetId, computeName, processId, connectionId, connectedAt, token },
  );
  return outcome.kind;
}
