import { type Answer, answered } from '#functions/game-sessions/answer.ts';
import type { Reservations } from '#functions/game-sessions/answers.ts';
import { refuse } from '#functions/game-sessions/refusals.ts';
import { addressOf, type Call, route } from '#functions/game-sessions/route.ts';
import { party, reservationSeconds, sessionId, xuid } from '#functions/game-sessions/schemas.ts';
import { spellTime } from '#functions/game-sessions/spell.ts';
import { readSession } from '#lib/rosters/find.ts';
import { type HeldSeat, hold } from '#lib/rosters/hold.ts';
import type { SessionAddress } from '#lib/rosters/ids.ts';
import { notAllowed, notFound } from '#lib/rosters/refusals.ts';
import { rawNumber } from '#lib/wire/exact-json.ts';

const input = {
  path: { sessionId },
  body: [{ entries: { players: party({ xuid }), seconds: reservationSeconds } }],
};

export const reserveSeats = route(input, async ({ path, body }, call) => {
  const address = addressOf(call, path);
  if (call.caller.kind === 'player') return turnAway(call, address);
  const outcome = await hold(call, address, {
    xuids: body.players.map((player) => player.xuid),
    milliseconds: body.seconds * 1_000,
  });
  return outcome.kind === 'held'
    ? answered(outcome.isNew ? 201 : 200, spellReservations(outcome.seats))
    : refuse(outcome, call);
});

/** A session that does not exist is not there for players either. */
async function turnAway(call: Call, address: SessionAddress): Promise<Answer> {
  const found = await readSession(call, address, call.caller);
  return refuse(
    found.kind === 'not-found' ? notFound : notAllowed("Seats are reserved with a title's token."),
    call,
  );
}

const spellReservations = (seats: readonly HeldSeat[]): Reservations => ({
  reservations: seats.map(({ xuid, deadline }) => ({
    xuid: rawNumber(xuid),
    deadline: deadline === undefined ? null : spellTime(deadline),
  })),
});
