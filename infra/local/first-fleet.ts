import { createFleet } from '#lib/fleets/fleets.ts';
import { createLocation } from '#lib/fleets/locations.ts';
import type { Table } from '#lib/table/client.ts';

/** The location and the fleets that the local run comes with. Their ids are fixed, so that documentation can name them. */
export const firstLocation = 'custom-local';
export const firstFleetId = 'fleet-local';
/** The one for game servers: it is a directory at no time, so that what the other one shows stays true. */
export const serverFleetId = 'fleet-servers';

/** Creates the first location and fleets where they are missing; those of an earlier run are left as they are. */
export async function createFirstFleet(table: Table, now: number): Promise<void> {
  await createLocation(table, { name: firstLocation, createdAt: now, createdBy: 'local run' });
  const settings = { createdAt: now, locations: [firstLocation], protectionPolicy: 'NoProtection' } as const;
  await createFleet(table, {
    fleetId: firstFleetId,
    name: 'Local',
    description: 'The fleet that the local run comes with',
    ...settings,
  });
  await createFleet(table, {
    fleetId: serverFleetId,
    name: 'Local servers',
    description: 'The fleet for game servers that the local run comes with',
    hosts: true,
    ...settings,
  });
}
