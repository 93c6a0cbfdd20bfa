import { findFleet } from '#lib/fleets/fleets.ts';
import type { Fleet } from '#lib/table/fleet-items.ts';
import { readFleetId } from './identifiers.ts';
import type { Call } from './operation.ts';

/** The fleet that a caller names by its id or its ARN: one read. Undefined where this deployment has no such fleet. */
export async function findNamedFleet(call: Call, idOrArn: string): Promise<Fleet | undefined> {
  const fleetId = readFleetId(call.deployment, idOrArn);
  return fleetId === undefined ? undefined : findFleet(call.table, fleetId);
}
