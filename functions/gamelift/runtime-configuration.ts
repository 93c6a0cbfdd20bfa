import { activationSeconds } from '#lib/fleets/activation-time.ts';
import { type InputOf, integer, list, required, structure } from '#lib/wire/shapes.ts';
import { type Refused, refused } from './operation.ts';
import { launchParameters, launchPath } from './shapes.ts';

/** Members of the service model that say how the servers of a fleet are started. */
const notOffered = {
  ServerProcesses: list(
    structure({
      LaunchPath: required(launchPath),
      Parameters: launchParameters,
      ConcurrentExecutions: required(integer({ min: 1 })),
    }),
    { min: 1, max: 50 },
  ),
  MaxConcurrentGameSessionActivations: integer({ min: 1 }),
} as const;

export const runtimeConfiguration = structure({
  ...notOffered,
  GameSessionActivationTimeoutSeconds: integer({ min: activationSeconds.least, max: activationSeconds.most }),
});

type Read = { readonly kind: 'activation'; readonly seconds: number | undefined };

/** The one thing that a runtime configuration may say here, undefined where it says nothing. */
export function readActivationSeconds(configuration: InputOf<typeof runtimeConfiguration>): Read | Refused {
  const unoffered = Object.keys(notOffered).filter((member) => Object.hasOwn(configuration, member));
  if (unoffered.length > 0) {
    return refused(
      'InvalidRequestException',
      `RuntimeConfiguration must not have ${unoffered.join(', ')}: Openslot starts no server processes.`,
    );
  }
  return { kind: 'activation', seconds: configuration.GameSessionActivationTimeoutSeconds };
}
