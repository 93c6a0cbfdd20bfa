import { createFleet } from '#lib/fleets/fleets.ts';
import { createLocation } from '#lib/fleets/locations.ts';
import type { Table } from '#lib/table/client.ts';

/** The location and the fleet that the local run comes with. The id is fixed, so that documentation can name it. */
export const firstLocation = 'custom-local';
export const firstFleetId = 'fleet-local';

/** Creates the first location and fleet where they are missing; those of an earlier run are left as they are. */
export async function createFirstFleet(table: Table, now: number): Promise<void> {
  await createLocation(table, { name: firstLocation, createdAt: now, createdBy: 'local run' });
  await createFleet(table, {
    fleetId: firstFleetId,
    name: 'Local',
    description: 'The fleet that the local run comes with',
    createdAt: now,
    locations: [firstLocation],
    protectionPolicy: 'NoProtection',
  });
}
