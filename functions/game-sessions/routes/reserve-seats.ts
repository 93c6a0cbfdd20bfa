import { answered } from '#functions/game-sessions/answer.ts';
import type { Reservations } from '#functions/game-sessions/answers.ts';
import { refuseSeats } from '#functions/game-sessions/refusals.ts';
import { addressOf, route } from '#functions/game-sessions/route.ts';
import { party, reservationSeconds, sessionId, xuid } from '#functions/game-sessions/schemas.ts';
import { spellTime } from '#functions/game-sessions/spell.ts';
import { type HeldSeat, hold } from '#lib/rosters/hold.ts';
import { rawNumber } from '#lib/wire/exact-json.ts';

const input = {
  path: { sessionId },
  body: [{ entries: { players: party({ xuid }), seconds: reservationSeconds } }],
};

export const reserveSeats = route(input, async ({ path, body }, call) => {
  const outcome = await hold(call, addressOf(call, path), call.caller, {
    xuids: body.players.map((player) => player.xuid),
    milliseconds: body.seconds * 1_000,
  });
  return outcome.kind === 'held'
    ? answered(outcome.isNew ? 201 : 200, spellReservations(outcome.seats))
    : refuseSeats(outcome, call);
});

const spellReservations = (seats: readonly HeldSeat[]): Reservations => ({
  reservations: seats.map(({ xuid, deadline }) => ({
    xuid: rawNumber(xuid),
    deadline: deadline === undefined ? null : spellTime(deadline),
  })),
});
