import { refuse } from '#functions/game-servers/refusals.ts';
import { action, answered, type ServerAnswer, type ServerCall } from '#functions/game-servers/request.ts';
import { gameSessionId, playerId, playerSessionId } from '#functions/game-servers/shapes.ts';
import { spellPlayerSession } from '#functions/game-servers/spell.ts';
import { fleetIdIn, readGameSessionArn, readPlayerSessionId } from '#functions/identifiers.ts';
import { openPage, pageTokensOf, positionPlace, sealNext } from '#functions/page-tokens.ts';
import type { ListPage } from '#lib/page.ts';
import { findPlayerSession } from '#lib/sessions/find.ts';
import { sessionKeyOf } from '#lib/sessions/ids.ts';
import { listPlayerSessions, listPlayerSessionsOf } from '#lib/sessions/list.ts';
import { type PlayerSession, playerSessionStatuses } from '#lib/sessions/player-session.ts';
import type { Position } from '#lib/table/reads.ts';
import { integer, string, structure } from '#lib/wire/shapes.ts';

const input = structure({
  GameSessionId: gameSessionId,
  PlayerId: playerId,
  PlayerSessionId: playerSessionId,
  PlayerSessionStatusFilter: string({ values: playerSessionStatuses }),
  NextToken: string({ max: 1_024 }),
  Limit: integer({ min: 1 }),
});

/** What the SDKs ask for where a game does not say, and the most that they ask for. */
const usualLimit = 50;
const largestLimit = 1_024;

/** So many bytes of what is shown that the answer fits into one message of the gateway, whatever players are called. */
const pageBytes = 60_000;

/** A process sees the players of its fleet, and no others. */
export const describePlayerSessions = action(input, (request, call) => {
  const { GameSessionId, PlayerId, PlayerSessionId, PlayerSessionStatusFilter: status } = request;
  const given = [GameSessionId, PlayerId, PlayerSessionId].filter((id) => id !== undefined);
  if (given.length !== 1) {
    return refuse('invalid', 'Give one of GameSessionId, PlayerId and PlayerSessionId.');
  }
  if (PlayerSessionId !== undefined) return describeOne(call, PlayerSessionId);

  const limit = Math.min(request.Limit ?? usualLimit, largestLimit);
  const list = [GameSessionId ?? null, PlayerId ?? null, status ?? null];
  const pageTokens = pageTokensOf(call.process.seal);
  const from = openPage({ pageTokens }, list, request.NextToken || undefined, positionPlace);
  if (from.kind === 'bad') {
    return refuse('invalid', 'NextToken is not one that this list has returned to this process.');
  }
  const context = { ...call, pageBytes };
  const answerPage = ({ items, next }: ListPage<PlayerSession, Position>) => {
    const shown = items.filter((player) => isOfFleet(call, player));
    return answered({
      PlayerSessions: shown.map((player) => spellPlayerSession(call.deployment, player)),
      NextToken: sealNext({ pageTokens }, list, next),
    });
  };
  if (PlayerId !== undefined) {
    return listPlayerSessionsOf(context, PlayerId, limit, from.place).then(answerPage);
  }
  return describeSession(call, GameSessionId ?? '', async (sessionKey) => {
    const page = await listPlayerSessions(context, sessionKey, status, limit, from.place);
    return page && answerPage(page);
  });
});

async function describeOne(call: ServerCall, id: string): Promise<ServerAnswer> {
  const seat = readPlayerSessionId(id);
  const player = seat && (await findPlayerSession(call.table, seat, call.now));
  return player === undefined || !isOfFleet(call, player)
    ? refuse('notOfFleet', `The fleet of this process has no player session ${id}.`)
    : answered({ PlayerSessions: [spellPlayerSession(call.deployment, player)] });
}

async function describeSession(
  call: ServerCall,
  id: string,
  describe: (sessionKey: string) => Promise<ServerAnswer | undefined>,
): Promise<ServerAnswer> {
  const reference = readGameSessionArn(call.deployment, id);
  const isOwn = reference !== undefined && fleetIdIn(reference) === call.process.fleetId;
  const answer = isOwn ? await describe(sessionKeyOf(reference)) : undefined;
  return answer ?? refuse('notOfFleet', `The fleet of this process has no game session ${id}.`);
}

const isOfFleet = ({ process }: ServerCall, player: PlayerSession): boolean =>
  fleetIdIn(player.sessionReference) === process.fleetId;
