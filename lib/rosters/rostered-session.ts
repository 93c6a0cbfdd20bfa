import { freeSlots, hasEnded, lapsedSeats, seatState } from '#lib/sessions/ledger.ts';
import type { RemovalRule, StoredRoster, Visibility } from '#lib/table/rostered-item.ts';

/** A player's place in a roster. */
export type RosterPlayer = {
  /** A 64-bit number in decimal. */
  readonly xuid: string;
  readonly gamertag: string;
  /** The place, from 0. It stays the player's own for ever. */
  readonly seatIndex: number;
  readonly customData: Uint8Array | undefined;
  /** False for one who has left. */
  readonly isCurrentlyInSession: boolean;
};

/** A session with a roster as it stands at one moment. */
export type RosteredSession = {
  readonly sessionId: string;
  readonly titleId: number;
  readonly variant: number;
  readonly displayName: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly customData: Uint8Array | undefined;
  /** The xuid of the player who created it; undefined where its title did. */
  readonly creator: string | undefined;
  readonly maxPlayers: number;
  readonly seatsAvailable: number;
  readonly isClosed: boolean;
  readonly hasEnded: boolean;
  readonly roster: readonly RosterPlayer[];
  readonly visibility: Visibility;
  readonly playersCanBeRemovedBy: RemovalRule;
  /** Another one whenever any of this is another. */
  readonly etag: string;
};

/** What lists show of a session. */
export type SessionSummary = Pick<
  RosteredSession,
  'sessionId' | 'titleId' | 'variant' | 'displayName' | 'createdAt' | 'customData' | 'hasEnded'
>;

export const summaryOf = (session: RosteredSession): SessionSummary => ({
  sessionId: session.sessionId,
  titleId: session.titleId,
  variant: session.variant,
  displayName: session.displayName,
  createdAt: session.createdAt,
  customData: session.customData,
  hasEnded: session.hasEnded,
});

/** Reads a session by the clock. */
export function readRosteredSession(stored: StoredRoster, now: number): RosteredSession {
  const { ledger } = stored;
  const roster = readRoster(stored, now);
  return {
    sessionId: stored.sessionId,
    titleId: stored.titleId,
    variant: stored.variant,
    displayName: stored.displayName,
    createdAt: ledger.createdAt,
    customData: stored.customData,
    creator: stored.creator,
    maxPlayers: ledger.capacity,
    // Whoever was in at the end stays shown as in; what was only reserved by then is not.
    seatsAvailable: hasEnded(ledger)
      ? ledger.capacity - roster.filter((player) => player.isCurrentlyInSession).length
      : freeSlots(ledger, now),
    isClosed: ledger.deniesPlayers,
    hasEnded: hasEnded(ledger),
    roster,
    visibility: stored.visibility,
    playersCanBeRemovedBy: stored.playersCanBeRemovedBy,
    etag: etagOf(stored, now),
  };
}

/**
 * A reservation that lapses frees a slot without a write: the count of events alone would not show it. Once its seat leaves
 * the ledger the event is counted, and one that is still to be counted less: to those who read by the clock nothing happens.
 * The slots tell it apart from a player who comes in by a clock that is behind, for whom the reservation has not lapsed.
 */
function etagOf({ ledger }: StoredRoster, now: number): string {
  const lapsed = hasEnded(ledger) ? 0 : lapsedSeats(ledger, now).length;
  return `${ledger.version + lapsed}-${ledger.open + lapsed}`;
}

const readRoster = ({ roster, ledger }: StoredRoster, now: number): readonly RosterPlayer[] =>
  roster.map(({ token, xuid, gamertag, customData }, seatIndex) => {
    const seat = ledger.seats[token];
    const isCurrentlyInSession = seat !== undefined && seatState(seat, now) === 'accepted';
    return { xuid, gamertag, seatIndex, customData, isCurrentlyInSession };
  });

/** A player's place, or undefined for one who has never been in. */
export const findPlayer = (session: RosteredSession, xuid: string | undefined): RosterPlayer | undefined =>
  session.roster.find((player) => player.xuid === xuid);

/** Whether two have the same custom data, or both none. */
export const isSameData = (one: Uint8Array | undefined, other: Uint8Array | undefined): boolean =>
  one === undefined || other === undefined ? one === other : Buffer.compare(one, other) === 0;

/** Whether a player is in now. */
export const isIn = (session: RosteredSession, xuid: string | undefined): boolean =>
  findPlayer(session, xuid)?.isCurrentlyInSession === true;
