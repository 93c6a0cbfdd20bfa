import { readAliasId, readFleetId } from '#functions/identifiers.ts';
import { findAlias } from '#lib/fleets/aliases.ts';
import { findFleet } from '#lib/fleets/fleets.ts';
import type { Alias } from '#lib/table/alias-items.ts';
import type { Fleet } from '#lib/table/fleet-items.ts';
import { type Call, type Refused, refused } from './operation.ts';
import { noSuchAlias, noSuchFleet } from './refusals.ts';

type Found = { readonly kind: 'found'; readonly fleet: Fleet };

/** The fleet that a request names by its id or by an alias, either of them as an ARN too: one read, and one for an alias. */
export async function findFleetOf(
  call: Call,
  { FleetId, AliasId }: { readonly FleetId?: string; readonly AliasId?: string },
): Promise<Found | Refused> {
  if (FleetId !== undefined && AliasId === undefined) {
    const fleet = await findNamedFleet(call, FleetId);
    return fleet ? { kind: 'found', fleet } : noSuchFleet(FleetId);
  }
  if (AliasId !== undefined && FleetId === undefined) return resolveAlias(call, AliasId);
  return refused('InvalidRequestException', 'Give either FleetId or AliasId, and not both.');
}

/** The fleet that a caller names by its id or its ARN: one read. Undefined where this deployment has no such fleet. */
export async function findNamedFleet(call: Call, idOrArn: string): Promise<Fleet | undefined> {
  const fleetId = readFleetId(call.deployment, idOrArn);
  return fleetId === undefined ? undefined : findFleet(call.table, fleetId);
}

/** The alias that a caller names by its id or its ARN: one read. Undefined where this deployment has no such alias. */
export async function findNamedAlias(call: Call, idOrArn: string): Promise<Alias | undefined> {
  const aliasId = readAliasId(call.deployment, idOrArn);
  return aliasId === undefined ? undefined : findAlias(call.table, aliasId);
}

/** The fleet that an alias leads to, as long as that exists. A TERMINAL alias has a message for callers instead. */
async function resolveAlias(call: Call, idOrArn: string): Promise<Found | Refused> {
  const alias = await findNamedAlias(call, idOrArn);
  if (alias === undefined) return noSuchAlias(idOrArn);
  const { routing } = alias;
  if (routing.type === 'TERMINAL') return refused('TerminalRoutingStrategyException', routing.message);
  const fleet = await findFleet(call.table, routing.fleetId);
  return fleet
    ? { kind: 'found', fleet }
    : refused(
        'NotFoundException',
        `Alias ${alias.aliasId} leads to fleet ${routing.fleetId}, which was not found.`,
      );
}
