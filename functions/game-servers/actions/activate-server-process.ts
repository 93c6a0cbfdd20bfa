import { contended, processEnded, refuse } from '#functions/game-servers/refusals.ts';
import { action, answered } from '#functions/game-servers/request.ts';
import { requestMark } from '#functions/game-servers/request-mark.ts';
import { text } from '#functions/game-servers/shapes.ts';
import { activateProcess } from '#lib/servers/activate-process.ts';
import { disconnect } from '#lib/servers/connect.ts';
import { integer, list, structure } from '#lib/wire/shapes.ts';

const input = structure({
  SdkVersion: text,
  SdkLanguage: text,
  SdkToolName: text,
  SdkToolVersion: text,
  /** The SDK for C++ takes more than the API has, and leaves out a nought; other SDKs do not. */
  Port: integer({ min: 0, max: 65_535 }),
  LogPaths: list(text),
});

/** ProcessReady. Which SDK it has and where its logs are makes no difference here: that is read and not kept. */
export const activateServerProcess = action(input, async (request, call) => {
  const { table, now, address, process, connectionId } = call;
  const outcome = await activateProcess({ table, now }, address, process, connectionId, {
    port: request.Port === 0 ? undefined : request.Port,
    activatedBy: requestMark(call),
  });
  switch (outcome.kind) {
    case 'activated':
      return answered();
    case 'ended':
    case 'not-found':
      return processEnded;
    case 'in-use':
      // What that run says from now on, such as that it ends, is nobody's, and the first run is told on its own connection.
      await disconnect(table, connectionId);
      return refuse(
        'processInUse',
        'A server process of this process id is ready already. Each run of a game server needs an id of its own.',
      );
    case 'no-compute':
      return refuse('noCompute', `Compute ${process.computeName} is not registered any more.`);
    case 'contended':
      return contended;
  }
});
