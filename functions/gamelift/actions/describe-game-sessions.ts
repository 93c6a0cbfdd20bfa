import { findNamedFleet } from '#functions/gamelift/find-fleet.ts';
import { readGameSessionArn } from '#functions/gamelift/identifiers.ts';
import { type Answer, answered, type Call, operation, refused } from '#functions/gamelift/operation.ts';
import { openPage, pageSize, sealNext, shardPlace } from '#functions/gamelift/paging.ts';
import { badPageToken, noSuchAlias, noSuchFleet, noSuchGameSession } from '#functions/gamelift/refusals.ts';
import {
  aliasIdOrArn,
  arnString,
  fleetIdOrArn,
  limit,
  locationString,
  nextToken,
  nonEmptyString,
} from '#functions/gamelift/shapes.ts';
import { spellGameSession } from '#functions/gamelift/spell.ts';
import { findGameSession } from '#lib/sessions/find.ts';
import { sessionKeyOf } from '#lib/sessions/ids.ts';
import { listGameSessions } from '#lib/sessions/list.ts';
import { structure } from '#lib/wire/shapes.ts';

/** The statuses that the documentation lets a caller ask for. */
const statusFilters = ['ACTIVE', 'TERMINATED', 'ACTIVATING', 'TERMINATING'] as const;

const input = structure({
  FleetId: fleetIdOrArn,
  GameSessionId: arnString,
  AliasId: aliasIdOrArn,
  Location: locationString,
  StatusFilter: nonEmptyString,
  Limit: limit,
  NextToken: nextToken,
});

export const describeGameSessions = operation(input, async (request, call) => {
  const { FleetId, GameSessionId, AliasId, Location, StatusFilter } = request;
  if ([FleetId, GameSessionId, AliasId].filter((id) => id !== undefined).length !== 1) {
    return refused('InvalidRequestException', 'Give one of FleetId, AliasId and GameSessionId.');
  }
  if (GameSessionId !== undefined) return describeOne(call, GameSessionId);
  if (AliasId !== undefined) return noSuchAlias(AliasId);
  const status = statusFilters.find((known) => known === StatusFilter);
  if (StatusFilter !== undefined && status === undefined) {
    return refused(
      'InvalidRequestException',
      `StatusFilter must be one of ${statusFilters.join(', ')}, not ${StatusFilter}.`,
    );
  }

  const asked = FleetId ?? '';
  const fleet = await findNamedFleet(call, asked);
  if (fleet === undefined) return noSuchFleet(asked);

  const scope = ['DescribeGameSessions', fleet.fleetId, Location ?? null, status ?? null];
  const from = openPage(call, scope, request.NextToken, shardPlace);
  if (from.kind === 'bad') return badPageToken;
  const wanted = { fleetId: fleet.fleetId, location: Location, status };
  const page = await listGameSessions(call, wanted, pageSize(request.Limit), from.place);
  return answered({
    GameSessions: page.items.map((session) => spellGameSession(call.deployment, session)),
    NextToken: sealNext(call, scope, page.next),
  });
});

async function describeOne(call: Call, gameSessionId: string): Promise<Answer> {
  const reference = readGameSessionArn(call.deployment, gameSessionId);
  const session = reference && (await findGameSession(call.table, sessionKeyOf(reference), call.now));
  if (!session) return noSuchGameSession(gameSessionId);
  return answered({ GameSessions: [spellGameSession(call.deployment, session)] });
}
