import { decide, type SeatRequest } from '#lib/sessions/ledger.ts';
import type { StoredRoster } from '#lib/table/rostered-item.ts';
import type { SeatChange } from '#lib/table/seat-requests.ts';
import type { Ledger } from '#lib/table/session-item.ts';
import type { RosterContext } from './find.ts';
import { notFound, type Refused } from './refusals.ts';
import { readRosteredSession } from './rostered-session.ts';

export type SeatContext = RosterContext & {
  /** A number in [0, 1), as Math.random. */
  readonly random: () => number;
};

export type SeatRefusal = Refused<'not-found' | 'ended' | 'closed' | 'full'>;

/** Reads a session by the rules of the seat ledger: by which write somebody gets seats in it, or why not. */
export function decideSeats(
  stored: StoredRoster,
  request: SeatRequest,
  { now, random }: SeatContext,
):
  | SeatRefusal
  | { readonly kind: 'replay'; readonly seats: Ledger['seats'] }
  | { readonly kind: 'retry'; readonly change: SeatChange } {
  const decision = decide(stored.ledger, request, now, random);
  switch (decision.kind) {
    case 'not-found':
      return notFound;
    case 'not-active':
      return { kind: 'ended', session: readRosteredSession(stored, now) };
    case 'denied':
      return { kind: 'closed', session: readRosteredSession(stored, now) };
    case 'full':
      return { kind: 'full', session: readRosteredSession(stored, now) };
    case 'replay':
    case 'retry':
      return decision;
  }
}
