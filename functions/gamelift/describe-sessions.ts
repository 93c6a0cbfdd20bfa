import { openPage, sealNext } from '#functions/page-tokens.ts';
import type { GameSession } from '#lib/sessions/game-session.ts';
import { listGameSessions } from '#lib/sessions/list.ts';
import type { Output } from '#lib/wire/output.ts';
import { structure } from '#lib/wire/shapes.ts';
import { findFleetOf } from './find-fleet.ts';
import { findNamedGameSession } from './find-game-session.ts';
import { answered, type Call, type Operation, operation, refused } from './operation.ts';
import { pageSize, shardPlace } from './paging.ts';
import { badPageToken, noSuchGameSession } from './refusals.ts';
import {
  aliasIdOrArn,
  arnString,
  fleetIdOrArn,
  limit,
  locationString,
  nextToken,
  nonEmptyString,
} from './shapes.ts';

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

/**
 * Describes one game session by its id, or those of a fleet page by page.
 *
 * @param name the operation: a page token of one does not go on in another
 * @param spell how its answer lists them
 */
export function describing(
  name: 'DescribeGameSessions' | 'DescribeGameSessionDetails',
  spell: (call: Call, sessions: readonly GameSession[]) => Output,
): Operation {
  return operation(input, async (request, call) => {
    const { FleetId, GameSessionId, AliasId, Location, StatusFilter } = request;
    if ([FleetId, GameSessionId, AliasId].filter((id) => id !== undefined).length !== 1) {
      return refused('InvalidRequestException', 'Give one of FleetId, AliasId and GameSessionId.');
    }
    if (GameSessionId !== undefined) {
      const session = await findNamedGameSession(call, GameSessionId);
      return session ? answered(spell(call, [session])) : noSuchGameSession(GameSessionId);
    }
    const status = statusFilters.find((known) => known === StatusFilter);
    if (StatusFilter !== undefined && status === undefined) {
      return refused(
        'InvalidRequestException',
        `StatusFilter must be one of ${statusFilters.join(', ')}, not ${StatusFilter}.`,
      );
    }

    const found = await findFleetOf(call, request);
    if (found.kind === 'refused') return found;
    const { fleet } = found;

    const scope = [name, fleet.fleetId, Location ?? null, status ?? null];
    const from = openPage(call, scope, request.NextToken, shardPlace);
    if (from.kind === 'bad') return badPageToken;
    const wanted = { fleetId: fleet.fleetId, location: Location, status };
    const page = await listGameSessions(call, wanted, pageSize(request.Limit), from.place);
    return answered({ ...spell(call, page.items), NextToken: sealNext(call, scope, page.next) });
  });
}
