import { answered, operation } from '#functions/gamelift/operation.ts';
import { pageSize } from '#functions/gamelift/paging.ts';
import { badPageToken } from '#functions/gamelift/refusals.ts';
import { nextToken } from '#functions/gamelift/shapes.ts';
import { spellLocation } from '#functions/gamelift/spell.ts';
import { openPage, positionPlace, sealNext } from '#functions/page-tokens.ts';
import { listLocations as list } from '#lib/fleets/locations.ts';
import { integer, list as listOf, string, structure } from '#lib/wire/shapes.ts';

const input = structure({
  Filters: listOf(string({ values: ['AWS', 'CUSTOM'] }), { min: 1, max: 2 }),
  Limit: integer({ min: 1, max: 200 }),
  NextToken: nextToken,
});

export const listLocations = operation(input, async ({ Filters, Limit, NextToken }, call) => {
  // All locations here are somebody's own.
  if (Filters !== undefined && !Filters.includes('CUSTOM')) return answered({ Locations: [] });
  const from = openPage(call, 'ListLocations', NextToken, positionPlace);
  if (from.kind === 'bad') return badPageToken;

  const page = await list(call.table, pageSize(Limit), from.place);
  return answered({
    Locations: page.items.map(({ name }) => spellLocation(call.deployment, name)),
    NextToken: sealNext(call, 'ListLocations', page.next),
  });
});
