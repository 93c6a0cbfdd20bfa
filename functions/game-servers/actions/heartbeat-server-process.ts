import { contended, processEnded } from '#functions/game-servers/refusals.ts';
import { action, answered, type ServerCall } from '#functions/game-servers/request.ts';
import { refreshConnectionEvent, terminateProcessEvent } from '#functions/server-events.ts';
import { tellOwed } from '#functions/tell-server.ts';
import { computeToken } from '#lib/fleets/compute-tokens.ts';
import { endProcess } from '#lib/servers/end-process.ts';
import { heartbeat } from '#lib/servers/heartbeat.ts';
import { lookAfterSession } from '#lib/servers/look-after-session.ts';
import { isOver } from '#lib/servers/server-process.ts';
import { owesAny, type ServerProcess } from '#lib/table/process-item.ts';
import { boolean, required, structure } from '#lib/wire/shapes.ts';

const input = structure({ HealthStatus: required(boolean) });

/**
 * A process shows each minute that it is there, and how it is. What it has missed while it was not there it is told behind
 * this.
 */
export const heartbeatServerProcess = action(input, async ({ HealthStatus }, call) => {
  const outcome = await heartbeat(call, call.address, call.process, {
    isHealthy: HealthStatus,
    connectionId: call.connectionId,
    connectedAt: call.connectedAt,
  });
  switch (outcome.kind) {
    case 'alive': {
      const { process } = outcome;
      const isToEnd = await lookAfterSession(call, call.address, process);
      // A process that is to end needs no other connection for that.
      if (!isToEnd && outcome.refresh) await askToRefresh(call, process);
      if (isToEnd || owesAny(process)) await tellOwed(call, call.address);
      return answered();
    }
    case 'ill': {
      const { kind } = await endProcess(call, call.address, {
        isOver: (process) => isOver(process, call.now),
      });
      // Otherwise it has said in this moment that it is well, or its next heartbeat finds that it has ended.
      if (kind === 'ended') {
        await call.meter({ ProcessesLost: 1 });
        await call.connections.post(call.connectionId, terminateProcessEvent(call.now));
      }
      return answered();
    }
    case 'ended':
      return tellItHasEnded(call);
    case 'ended-itself':
    case 'not-found':
      return processEnded;
    case 'contended':
      return contended;
  }
});

/** A process that was taken for gone and is there all the same: it has to exit, since nobody knows of it any more. */
export async function tellItHasEnded(call: ServerCall) {
  await call.connections.post(call.connectionId, terminateProcessEvent(call.now));
  return processEnded;
}

/** The gateway ends each connection at some time: before that, the process is to make another one. */
async function askToRefresh(call: ServerCall, { fleetId, computeName }: ServerProcess): Promise<void> {
  const token = await computeToken(call, fleetId, computeName);
  // A compute that is not registered any more has no token: its processes stay as long as their connections do.
  if (token.kind !== 'token') return;
  await call.connections.post(call.connectionId, refreshConnectionEvent(call.endpoint, token.value));
}
