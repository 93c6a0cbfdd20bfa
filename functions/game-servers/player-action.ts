import { readPlayerSessionId } from '#functions/identifiers.ts';
import { findPlayerSession } from '#lib/sessions/find.ts';
import type { PlayerSessionStatus } from '#lib/sessions/player-session.ts';
import type { SeatAddress } from '#lib/sessions/release.ts';
import { type InputOf, required, structure } from '#lib/wire/shapes.ts';
import { hostedSessionKey } from './hosted-session.ts';
import { noSuchGameSession, noSuchPlayerSession } from './refusals.ts';
import { action, type ServerAction, type ServerAnswer, type ServerCall } from './request.ts';
import { gameSessionId, playerSessionId } from './shapes.ts';

const input = structure({
  GameSessionId: required(gameSessionId),
  PlayerSessionId: required(playerSessionId),
});

/**
 * An action on one player of the session that its process hosts.
 *
 * @param act answers undefined where the player's stay is not in the status for that
 * @param refuseStay what that is refused with, by the id of the player session and the status that it is in
 */
export const playerAction = (
  act: (seat: SeatAddress, call: ServerCall, ids: InputOf<typeof input>) => Promise<ServerAnswer | undefined>,
  refuseStay: (id: string, status: PlayerSessionStatus) => ServerAnswer,
): ServerAction =>
  action(input, async (ids, call) => {
    const { GameSessionId, PlayerSessionId } = ids;
    const sessionKey = hostedSessionKey(call, GameSessionId);
    if (sessionKey === undefined) return noSuchGameSession(GameSessionId);
    const seat = readPlayerSessionId(PlayerSessionId);
    if (seat?.sessionKey !== sessionKey) return noSuchPlayerSession(PlayerSessionId);

    const answer = await act(seat, call, ids);
    if (answer !== undefined) return answer;
    const player = await findPlayerSession(call.table, seat, call.now);
    return player === undefined
      ? noSuchPlayerSession(PlayerSessionId)
      : refuseStay(PlayerSessionId, player.status);
  });
