import { findNamedFleet } from '#functions/gamelift/find-fleet.ts';
import { answered, operation } from '#functions/gamelift/operation.ts';
import { pageSize } from '#functions/gamelift/paging.ts';
import { badPageToken, noSuchFleet } from '#functions/gamelift/refusals.ts';
import {
  containerGroupDefinitionNameOrArn,
  fleetIdOrArn,
  limit,
  locationString,
  nextToken,
} from '#functions/gamelift/shapes.ts';
import { spellCompute } from '#functions/gamelift/spell.ts';
import { openPage, positionPlace, sealNext } from '#functions/page-tokens.ts';
import { listComputes } from '#lib/fleets/computes.ts';
import { required, string, structure } from '#lib/wire/shapes.ts';

const input = structure({
  FleetId: required(fleetIdOrArn),
  Location: locationString,
  ContainerGroupDefinitionName: containerGroupDefinitionNameOrArn,
  ComputeStatus: string({ values: ['ACTIVE', 'IMPAIRED'] }),
  Limit: limit,
  NextToken: nextToken,
});

export const listCompute = operation(input, async (request, call) => {
  const fleet = await findNamedFleet(call, request.FleetId);
  if (fleet === undefined) return noSuchFleet(request.FleetId);
  // No compute here runs containers, or half of an update to them.
  if (request.ContainerGroupDefinitionName !== undefined || request.ComputeStatus === 'IMPAIRED') {
    return answered({ ComputeList: [] });
  }
  const { fleetId } = fleet;
  const list = ['ListCompute', fleetId, request.Location ?? null];
  const from = openPage(call, list, request.NextToken, positionPlace);
  if (from.kind === 'bad') return badPageToken;

  const page = await listComputes(call.table, fleetId, request.Location, pageSize(request.Limit), from.place);
  return answered({
    ComputeList: page.items.map((compute) => spellCompute(call, compute)),
    NextToken: sealNext(call, list, page.next),
  });
});
