import { acceptPlayer, removePlayer } from '#test/support/game-lift.ts';
import type { Signer, Stage } from './stage.ts';
import { type Call, resolve, type ServerStep, type Step } from './step.ts';

/** A call with every member filled in. */
export type Sent = {
  readonly step: string;
  readonly operation: string;
  readonly input: object;
  readonly by: Signer;
};

/** What the steps so far were answered, by the step's name and as an AWS SDK gives it. */
export type Outputs = ReadonlyMap<string, unknown>;

/** Plays the script one step after the other, and gives how each call ended, by the step's name. */
export async function play<Ending>(
  script: readonly Step[],
  stage: Stage,
  send: (sent: Sent) => Promise<Ending>,
  outputs: Outputs,
): Promise<ReadonlyMap<string, Ending>> {
  const endings = new Map<string, Ending>();
  for (const step of script) {
    stage.next();
    if ('gameServer' in step) await serve(stage, step, outputs);
    else {
      stage.service.clock.turn(step.after ?? 0);
      endings.set(step.name, await send(fill(step, outputs)));
    }
  }
  return endings;
}

const fill = ({ name, operation, input, by = 'admin' }: Call, outputs: Outputs): Sent => ({
  step: name,
  operation,
  input: Object(resolve(input, outputs)),
  by,
});

async function serve({ service }: Stage, step: ServerStep, outputs: Outputs): Promise<void> {
  const playerSessionId = String(resolve(step.playerSessionId, outputs));
  switch (step.gameServer) {
    case 'accepts':
      return acceptPlayer(service, playerSessionId);
    case 'removes':
      return removePlayer(service, playerSessionId);
  }
}
