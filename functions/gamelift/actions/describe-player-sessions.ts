import { type Answer, answered, type Call, operation, refused } from '#functions/gamelift/operation.ts';
import { pageSize } from '#functions/gamelift/paging.ts';
import { badPageToken, noSuchGameSession, noSuchPlayerSession } from '#functions/gamelift/refusals.ts';
import {
  arnString,
  limit,
  nextToken,
  nonEmptyString,
  playerId,
  playerSessionId,
} from '#functions/gamelift/shapes.ts';
import { spellPlayerSession } from '#functions/gamelift/spell.ts';
import { readGameSessionArn, readPlayerSessionId } from '#functions/identifiers.ts';
import { openPage, positionPlace, sealNext } from '#functions/page-tokens.ts';
import { findPlayerSession } from '#lib/sessions/find.ts';
import { sessionKeyOf } from '#lib/sessions/ids.ts';
import { listPlayerSessions, listPlayerSessionsOf } from '#lib/sessions/list.ts';
import { type PlayerSession, playerSessionStatuses } from '#lib/sessions/player-session.ts';
import { structure } from '#lib/wire/shapes.ts';

const input = structure({
  GameSessionId: arnString,
  PlayerId: playerId,
  PlayerSessionId: playerSessionId,
  PlayerSessionStatusFilter: nonEmptyString,
  Limit: limit,
  NextToken: nextToken,
});

type Paging = { readonly Limit?: number; readonly NextToken?: string };

/** The narrowest of several ids counts. The status filter counts for a game session's players alone. */
export const describePlayerSessions = operation(input, (request, call) => {
  const { GameSessionId, PlayerId, PlayerSessionId, PlayerSessionStatusFilter } = request;
  if (PlayerSessionId !== undefined) return describeOne(call, PlayerSessionId);
  if (PlayerId !== undefined) return describePlayer(call, PlayerId, request);
  if (GameSessionId !== undefined)
    return describeSession(call, GameSessionId, PlayerSessionStatusFilter, request);
  const message = 'Give one of GameSessionId, PlayerId and PlayerSessionId.';
  return Promise.resolve(refused('InvalidRequestException', message));
});

async function describeOne(call: Call, id: string): Promise<Answer> {
  const seat = readPlayerSessionId(id);
  const player = seat && (await findPlayerSession(call.table, seat, call.now));
  return player === undefined ? noSuchPlayerSession(id) : answered(spell(call, [player]));
}

async function describePlayer(call: Call, id: string, { Limit, NextToken }: Paging): Promise<Answer> {
  const scope = ['DescribePlayerSessions', 'PlayerId', id];
  const from = openPage(call, scope, NextToken, positionPlace);
  if (from.kind === 'bad') return badPageToken;

  const page = await listPlayerSessionsOf(call, id, pageSize(Limit), from.place);
  return answered({ ...spell(call, page.items), NextToken: sealNext(call, scope, page.next) });
}

async function describeSession(
  call: Call,
  gameSessionId: string,
  filter: string | undefined,
  { Limit, NextToken }: Paging,
): Promise<Answer> {
  const status = playerSessionStatuses.find((known) => known === filter);
  if (filter !== undefined && status === undefined) {
    return refused(
      'InvalidRequestException',
      `PlayerSessionStatusFilter must be one of ${playerSessionStatuses.join(', ')}, not ${filter}.`,
    );
  }
  const scope = ['DescribePlayerSessions', 'GameSessionId', gameSessionId, status ?? null];
  const from = openPage(call, scope, NextToken, positionPlace);
  if (from.kind === 'bad') return badPageToken;

  const reference = readGameSessionArn(call.deployment, gameSessionId);
  const page =
    reference &&
    (await listPlayerSessions(call, sessionKeyOf(reference), status, pageSize(Limit), from.place));
  if (!page) return noSuchGameSession(gameSessionId);
  return answered({ ...spell(call, page.items), NextToken: sealNext(call, scope, page.next) });
}

const spell = (call: Call, players: readonly PlayerSession[]) => ({
  PlayerSessions: players.map((player) => spellPlayerSession(call.deployment, player)),
});
