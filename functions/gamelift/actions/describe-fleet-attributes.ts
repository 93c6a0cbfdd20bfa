import { answered, operation } from '#functions/gamelift/operation.ts';
import { pageSize } from '#functions/gamelift/paging.ts';
import { badPageToken } from '#functions/gamelift/refusals.ts';
import { fleetIdOrArn, limit, nextToken } from '#functions/gamelift/shapes.ts';
import { spellFleet } from '#functions/gamelift/spell.ts';
import { readFleetId } from '#functions/identifiers.ts';
import { openPage, positionPlace, sealNext } from '#functions/page-tokens.ts';
import { findFleets, listFleets } from '#lib/fleets/fleets.ts';
import { list, structure } from '#lib/wire/shapes.ts';

/** The model sets no limit to the fleets that one call asks for. Ours keeps the call within one read. */
const maximumFleetIds = 100;

const input = structure({
  FleetIds: list(fleetIdOrArn, { min: 1, max: maximumFleetIds }),
  Limit: limit,
  NextToken: nextToken,
});

/** Fleets that are asked for by id come in one page, without those that do not exist. */
export const describeFleetAttributes = operation(input, async ({ FleetIds, Limit, NextToken }, call) => {
  if (FleetIds !== undefined) {
    const fleetIds = FleetIds.flatMap((asked) => readFleetId(call.deployment, asked) ?? []);
    const fleets = await findFleets(call.table, [...new Set(fleetIds)]);
    return answered({ FleetAttributes: fleets.map((fleet) => spellFleet(call.deployment, fleet)) });
  }
  const from = openPage(call, 'DescribeFleetAttributes', NextToken, positionPlace);
  if (from.kind === 'bad') return badPageToken;

  const page = await listFleets(call.table, pageSize(Limit), from.place);
  return answered({
    FleetAttributes: page.items.map((fleet) => spellFleet(call.deployment, fleet)),
    NextToken: sealNext(call, 'DescribeFleetAttributes', page.next),
  });
});
