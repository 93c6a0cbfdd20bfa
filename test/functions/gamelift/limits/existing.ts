import { fleetArn, gameSessionArn, gameSessionReference } from '#functions/identifiers.ts';
import { createAlias } from '#lib/fleets/aliases.ts';
import { registerCompute } from '#lib/fleets/computes.ts';
import { createFleet } from '#lib/fleets/fleets.ts';
import { createGameSession } from '#test/support/game-lift.ts';
import { deployment, fleetId, location, type Service } from '#test/support/service.ts';

const session = (id: string) => gameSessionArn(deployment, gameSessionReference({ fleetId, location, id }));

/** What the requests of the table act on, so that values which pass the checks reach the table of the service. */
export const existing = {
  fleet: fleetId,
  /** Where new sessions go, some of them with all the data that there can be: others are spared listing those. */
  crowdedFleet: 'fleet-for-many-sessions',
  /** Where computes are registered: others would host no more sessions without them. */
  hostingFleet: 'fleet-for-computes',
  compute: 'compute-of-the-tests',
  fleetArn: fleetArn(deployment, fleetId),
  location,
  gameSession: session('played'),
  /** Another one, since a change can close it to players. */
  changedGameSession: session('changed'),
  alias: 'alias-of-the-tests',
} as const;

/** Creates what a service does not have from its start. */
export async function createExisting({ gameLift, table, clock }: Service): Promise<void> {
  await createGameSession(gameLift, { IdempotencyToken: 'played', MaximumPlayerSessionCount: 200 });
  await createGameSession(gameLift, { IdempotencyToken: 'changed' });
  const createdAt = clock.now();
  for (const created of [existing.crowdedFleet, existing.hostingFleet]) {
    await createFleet(table, {
      fleetId: created,
      name: 'Test',
      createdAt,
      locations: [location],
      protectionPolicy: 'NoProtection',
    });
  }
  await registerCompute(table, {
    fleetId: existing.hostingFleet,
    name: existing.compute,
    location,
    ipAddress: '127.0.0.1',
    createdAt,
  });
  await createAlias(table, {
    aliasId: existing.alias,
    name: 'Test',
    routing: { type: 'SIMPLE', fleetId },
    createdAt,
    updatedAt: createdAt,
  });
}
