import type { StoredRoster } from '#lib/table/rostered-item.ts';
import { type LedgerEvent, ledgerEvents, type Numbered, type SessionTurn } from './ledger-events.ts';

/** Who somebody is in a session with a roster. */
export type RosterPlace = {
  /** A 64-bit number in decimal. */
  readonly xuid: string;
  readonly gamertag: string;
  /** From 0, and the player's own for ever. */
  readonly seatIndex: number;
};

/** A seat that is held for somebody who was invited. */
export type HeldSeat = {
  /** Names it within the session. The same player is always held the same one. */
  readonly token: string;
  /** Epoch milliseconds. */
  readonly deadline: number;
  /** For whom, where the player has been in before: else the session does not know. */
  readonly xuid: string | undefined;
};

/** What happens in a session with a roster. */
export type RosterEvent = Numbered<
  | SessionTurn
  | { readonly kind: 'player-joined'; readonly player: RosterPlace; readonly isReturning: boolean }
  | { readonly kind: 'player-left'; readonly player: RosterPlace }
  | {
      readonly kind: 'player-removed';
      readonly player: RosterPlace;
      /** By xuid; undefined where a title did it. */
      readonly removedBy: string | undefined;
    }
  | { readonly kind: 'seat-reserved' | 'seat-released' | 'seat-timed-out'; readonly seat: HeldSeat }
>;

/**
 * What one write to a session with a roster has made happen, in order. Whoever is in at its end stays shown as in: the end is
 * nobody's leaving.
 *
 * @param before undefined for a session that is new
 */
export function rosterEvents(before: StoredRoster | undefined, after: StoredRoster): readonly RosterEvent[] {
  const first = after.roster.map(({ token }) => token);
  const events = ledgerEvents(before?.ledger, after.ledger, { endsStays: false, first });
  const been = new Set(before?.roster.map(({ token }) => token));
  return events.map((event) => rosterEvent(event, after, been));
}

function rosterEvent(event: LedgerEvent, after: StoredRoster, been: ReadonlySet<string>): RosterEvent {
  const { number, at } = event;
  switch (event.kind) {
    case 'activated':
    case 'changed':
    case 'ended':
      return event;
    case 'taken': {
      const player = placeOf(after, event.token);
      return { kind: 'player-joined', player, isReturning: been.has(event.token), number, at };
    }
    case 'given-back': {
      if (!event.wasIn) return { kind: 'seat-released', seat: heldSeat(after, event), number, at };
      const player = placeOf(after, event.token);
      const { removedBy } = after;
      return removedBy === player.xuid
        ? { kind: 'player-left', player, number, at }
        : { kind: 'player-removed', player, removedBy, number, at };
    }
    case 'reserved':
      return { kind: 'seat-reserved', seat: heldSeat(after, event), number, at };
    case 'timed-out':
      return { kind: 'seat-timed-out', seat: heldSeat(after, event), number, at };
  }
}

function placeOf({ roster }: StoredRoster, token: string): RosterPlace {
  const seatIndex = roster.findIndex((place) => place.token === token);
  const place = roster[seatIndex];
  if (place === undefined) throw new Error('A seat was taken by a player who has no place in the roster');
  return { xuid: place.xuid, gamertag: place.gamertag, seatIndex };
}

const heldSeat = (
  { roster }: StoredRoster,
  { token, deadline }: { readonly token: string; readonly deadline: number },
): HeldSeat => ({ token, deadline, xuid: roster.find((place) => place.token === token)?.xuid });
