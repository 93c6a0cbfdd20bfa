import * as v from 'valibot';
import { findFleetOf } from '#functions/gamelift/find-fleet.ts';
import {
  type Answer,
  answered,
  type Call,
  operation,
  type Refused,
  refused,
} from '#functions/gamelift/operation.ts';
import { badPageToken, tooManySessions } from '#functions/gamelift/refusals.ts';
import {
  aliasIdOrArn,
  fleetIdOrArn,
  limit,
  locationString,
  nextToken,
  nonEmptyString,
} from '#functions/gamelift/shapes.ts';
import { spellGameSession } from '#functions/gamelift/spell.ts';
import { gameSessionId } from '#functions/identifiers.ts';
import { openPage, sealNext } from '#functions/page-tokens.ts';
import type { ListPage } from '#lib/page.ts';
import { type Filter, parseFilter } from '#lib/search/filter.ts';
import { parseSort, type Sort } from '#lib/search/sort.ts';
import type { BadExpression } from '#lib/search/tokens.ts';
import type { GameSession } from '#lib/sessions/game-session.ts';
import { type SearchPlace, searchSessions } from '#lib/sessions/search.ts';
import { type SortedPlace, searchSorted } from '#lib/sessions/search-sorted.ts';
import type { Search } from '#lib/sessions/searched-session.ts';
import type { JsonValue } from '#lib/wire/page-token.ts';
import { structure } from '#lib/wire/shapes.ts';

const input = structure({
  FleetId: fleetIdOrArn,
  AliasId: aliasIdOrArn,
  Location: locationString,
  FilterExpression: nonEmptyString,
  SortExpression: nonEmptyString,
  Limit: limit,
  NextToken: nextToken,
});

/** GameLift's own: no page of a search is larger, whatever the limit. */
const largestPage = 20;

/** Finds the ACTIVE sessions of a fleet, sorted if the caller says by what, and in no particular order otherwise. */
export const searchGameSessions = operation(input, async (request, call): Promise<Answer> => {
  const { FilterExpression, SortExpression, Location } = request;
  const filter = FilterExpression === undefined ? undefined : parseFilter(FilterExpression);
  if (filter?.kind === 'bad') return cannotRead('FilterExpression', filter);
  const sort = SortExpression === undefined ? undefined : parseSort(SortExpression);
  if (sort?.kind === 'bad') return cannotRead('SortExpression', sort);

  const found = await findFleetOf(call, request);
  if (found.kind === 'refused') return found;
  const { fleetId } = found.fleet;
  const list = {
    search: searchOf(call, fleetId, Location, filter),
    limit: Math.min(request.Limit ?? largestPage, largestPage),
    scope: [
      'SearchGameSessions',
      fleetId,
      Location ?? null,
      FilterExpression ?? null,
      SortExpression ?? null,
    ],
    token: request.NextToken,
  };
  return sort === undefined ? unsorted(call, list) : sorted(call, list, sort);
});

const cannotRead = (member: string, { message }: BadExpression): Refused =>
  refused('InvalidRequestException', `${member}: ${message}.`);

const searchOf = (
  { deployment }: Call,
  fleetId: string,
  location: string | undefined,
  filter: Filter | undefined,
): Search => ({
  fleetId,
  location,
  filter,
  gameSessionId: (session) => gameSessionId(deployment, session),
});

type List = {
  readonly search: Search;
  readonly limit: number;
  readonly scope: JsonValue;
  readonly token: string | undefined;
};

const unsortedPlace: v.GenericSchema<SearchPlace> = v.object({
  shard: v.number(),
  shardsLeft: v.number(),
  behind: v.nullable(v.string()),
});

async function unsorted(call: Call, { search, limit, scope, token }: List): Promise<Answer> {
  const from = openPage(call, scope, token, unsortedPlace);
  if (from.kind === 'bad') return badPageToken;
  return answerPage(call, scope, await searchSessions(call, search, limit, from.place));
}

const sortedPlace: v.GenericSchema<SortedPlace> = v.object({
  value: v.nullable(v.union([v.string(), v.number(), v.boolean()])),
  behind: v.string(),
});

async function sorted(call: Call, { search, limit, scope, token }: List, sort: Sort): Promise<Answer> {
  const from = openPage(call, scope, token, sortedPlace);
  if (from.kind === 'bad') return badPageToken;
  const outcome = await searchSorted(call, { ...search, sort }, limit, from.place);
  return outcome.kind === 'too-many'
    ? tooManySessions(search.fleetId, 'be sorted. Leave SortExpression out')
    : answerPage(call, scope, outcome.page);
}

const answerPage = (
  call: Call,
  scope: JsonValue,
  page: ListPage<GameSession, SearchPlace | SortedPlace>,
): Answer =>
  answered({
    GameSessions: page.items.map((session) => spellGameSession(call.deployment, session)),
    NextToken: sealNext(call, scope, page.next),
  });
