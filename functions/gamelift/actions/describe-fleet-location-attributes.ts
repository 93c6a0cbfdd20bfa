import * as v from 'valibot';
import { findNamedFleet } from '#functions/gamelift/find-fleet.ts';
import { answered, operation } from '#functions/gamelift/operation.ts';
import { pageSize } from '#functions/gamelift/paging.ts';
import { badPageToken, noSuchFleet } from '#functions/gamelift/refusals.ts';
import { fleetIdOrArn, limit, locationNames, nextToken } from '#functions/gamelift/shapes.ts';
import { spellLocationState } from '#functions/gamelift/spell.ts';
import { fleetArn } from '#functions/identifiers.ts';
import { openPage, sealNext } from '#functions/page-tokens.ts';
import { required, structure } from '#lib/wire/shapes.ts';

const input = structure({
  FleetId: required(fleetIdOrArn),
  Locations: locationNames,
  Limit: limit,
  NextToken: nextToken,
});

/**
 * Locations that are asked for by name come in one page, without those that the fleet does not have. Otherwise all of its
 * locations come in the order of their names, so that a page goes on behind one that has gone meanwhile.
 */
export const describeFleetLocationAttributes = operation(input, async (request, call) => {
  const fleet = await findNamedFleet(call, request.FleetId);
  if (fleet === undefined) return noSuchFleet(request.FleetId);
  const { fleetId, locations } = fleet;
  const spell = (shown: readonly string[]) => ({
    FleetId: fleetId,
    FleetArn: fleetArn(call.deployment, fleetId),
    LocationAttributes: shown.map((name) => ({ LocationState: spellLocationState(name, 'ACTIVE') })),
  });
  if (request.Locations !== undefined) {
    return answered(spell([...new Set(request.Locations)].filter((name) => locations.includes(name))));
  }

  const scope = ['DescribeFleetLocationAttributes', fleetId];
  const from = openPage(call, scope, request.NextToken, v.string());
  if (from.kind === 'bad') return badPageToken;
  const { place = '' } = from;
  const rest = locations.filter((name) => name > place).toSorted();
  const page = rest.slice(0, pageSize(request.Limit));
  const next = page.length < rest.length ? page.at(-1) : undefined;
  return answered({ ...spell(page), NextToken: sealNext(call, scope, next) });
});
