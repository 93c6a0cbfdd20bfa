import type { Caller } from '#lib/auth/bearer-tokens.ts';
import { seatState } from '#lib/sessions/ledger.ts';
import type { StoredRoster } from '#lib/table/rostered-item.ts';
import { takeSeats } from '#lib/table/seat-requests.ts';
import { type Ledger, parseSeatsWritten } from '#lib/table/session-item.ts';
import { type Contended, type Step, settled } from '#lib/table/write-in-turns.ts';
import { changeInTurns } from './change-in-turns.ts';
import { rosterKeyOf, type SessionAddress, tokenOf } from './ids.ts';
import { notAllowed, type Refused } from './refusals.ts';
import { decideSeats, type SeatContext, type SeatRefusal } from './seats.ts';

/** Seats that are to be held for players who have been invited. */
export type Invitation = {
  /** 1 to 16 players, nobody twice. */
  readonly xuids: readonly string[];
  /** How long the seats are held. */
  readonly milliseconds: number;
};

/** A seat that is held, until when (epoch milliseconds); undefined for a player who is in already. */
export type HeldSeat = { readonly xuid: string; readonly deadline: number | undefined };

export type HoldOutcome =
  | {
      readonly kind: 'held';
      readonly seats: readonly HeldSeat[];
      /** Whether any seat is held by this request; false when all of them were already. */
      readonly isNew: boolean;
    }
  | SeatRefusal
  | Refused<'not-allowed'>
  | Contended;

/**
 * Holds a seat for each player, in the name of the title: all get one, or nobody. A seat that is held already keeps its
 * deadline. Whoever has not come in by then has lost it, as every reservation of the ledger does.
 *
 * Costs one read and one conditional write of the session, and the read alone where nobody gets a seat by it.
 */
export function hold(
  context: SeatContext,
  address: SessionAddress,
  caller: Caller,
  invitation: Invitation,
): Promise<HoldOutcome> {
  return changeInTurns<Outcome>(context.table, address, (stored, mayBeDone) =>
    caller.kind === 'title'
      ? stepToHold(context, stored, invitation, mayBeDone)
      : settled(notAllowed("Seats are reserved with a title's token.")),
  );
}

type Outcome = Exclude<HoldOutcome, Contended>;

function stepToHold(
  context: SeatContext,
  stored: StoredRoster,
  { xuids, milliseconds }: Invitation,
  mayBeDone: boolean,
): Step<Outcome> {
  const tokens = xuids.map(tokenOf);
  const { seats } = stored.ledger;
  const isHeld = (token: string) => seatState(seats[token] ?? 0, context.now) !== 'lapsed';
  // By a try of this very request, whose answer was lost: the session may have ended or be closed since.
  if (mayBeDone && tokens.every(isHeld)) return settled(held(xuids, seats, true, context.now));
  const decision = decideSeats(stored, { tokens }, context);
  switch (decision.kind) {
    case 'replay':
      return settled(held(xuids, decision.seats, false, context.now));
    case 'retry': {
      const { lookAt: seen } = stored.ledger;
      const deadline = context.now + milliseconds;
      const look = { at: Math.min(seen ?? deadline, deadline), seen };
      const lease = { from: context.now, usualTime: milliseconds, look };
      return {
        kind: 'write',
        request: takeSeats(rosterKeyOf(stored.sessionId), decision.change, lease),
        written: (attributes) => {
          const after = { ...seats, ...parseSeatsWritten(attributes).seats };
          return settled(held(xuids, after, true, context.now));
        },
      };
    }
    default:
      return settled(decision);
  }
}

function held(
  xuids: readonly string[],
  seats: Ledger['seats'],
  isNew: boolean,
  now: number,
): Extract<HoldOutcome, { kind: 'held' }> {
  return {
    kind: 'held',
    seats: xuids.map((xuid) => {
      const value = seats[tokenOf(xuid)] ?? now;
      return { xuid, deadline: seatState(value, now) === 'accepted' ? undefined : value };
    }),
    isNew,
  };
}
