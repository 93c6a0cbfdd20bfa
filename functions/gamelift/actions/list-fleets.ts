import { answered, operation } from '#functions/gamelift/operation.ts';
import { pageSize } from '#functions/gamelift/paging.ts';
import { badPageToken } from '#functions/gamelift/refusals.ts';
import { buildIdOrArn, limit, nextToken, scriptIdOrArn } from '#functions/gamelift/shapes.ts';
import { openPage, positionPlace, sealNext } from '#functions/page-tokens.ts';
import { listFleets as list } from '#lib/fleets/fleets.ts';
import { structure } from '#lib/wire/shapes.ts';

const input = structure({
  BuildId: buildIdOrArn,
  ScriptId: scriptIdOrArn,
  Limit: limit,
  NextToken: nextToken,
});

export const listFleets = operation(input, async ({ BuildId, ScriptId, Limit, NextToken }, call) => {
  // No fleet here runs a build or a script.
  if (BuildId !== undefined || ScriptId !== undefined) return answered({ FleetIds: [] });
  const from = openPage(call, 'ListFleets', NextToken, positionPlace);
  if (from.kind === 'bad') return badPageToken;

  const page = await list(call.table, pageSize(Limit), from.place);
  return answered({
    FleetIds: page.items.map(({ fleetId }) => fleetId),
    NextToken: sealNext(call, 'ListFleets', page.next),
  });
});
