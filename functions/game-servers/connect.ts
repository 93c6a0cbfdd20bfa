import * as v from 'valibot';
import { connect } from '#lib/servers/connect.ts';
import type { DoorContext } from './door.ts';

/** What the SDKs send along that is refused where it could not be kept: their own checks allow no more. */
const name = (longest: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(longest));

/** The query of a URL to connect with. The SDKs send their version and language too, which they say again when ready. */
const Query = v.object({
  pID: name(1_024),
  ComputeId: v.pipe(name(256), v.regex(/^[a-zA-Z0-9-]+(\/[a-zA-Z0-9-]+)?$/)),
  FleetId: v.pipe(name(256), v.regex(/^[a-zA-Z0-9.-]+$/)),
  Authorization: name(1_024),
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
