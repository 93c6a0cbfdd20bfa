import { contended, processEnded } from '#functions/game-servers/refusals.ts';
import { action, answered } from '#functions/game-servers/request.ts';
import { endProcess } from '#lib/servers/end-process.ts';
import { structure } from '#lib/wire/shapes.ts';

/**
 * ProcessEnding: the process ends, and its session with it. Nobody closes the connection: the SDK does when the process exits,
 * and what it leaves open the gateway closes when nothing has been said on it for some minutes.
 */
export const terminateServerProcess = action(structure({}), async (_, call) => {
  const outcome = await endProcess(call, call.address, { endsItself: true });
  switch (outcome.kind) {
    case 'ended':
    case 'ended-before':
      return answered();
    case 'not-found':
      return processEnded;
    case 'contended':
      return contended;
  }
});
