import type { PlayerRecord } from '#lib/table/player-item.ts';
import type { Host, Ledger } from '#lib/table/session-item.ts';
import { seatState } from './ledger.ts';

export const playerSessionStatuses = ['RESERVED', 'ACTIVE', 'COMPLETED', 'TIMEDOUT'] as const;
export type PlayerSessionStatus = (typeof playerSessionStatuses)[number];

/** One player's stay in a session. Times in epoch milliseconds. */
export type PlayerSession = {
  readonly sessionKey: string;
  readonly token: string;
  readonly sessionReference: string;
  readonly playerId: string;
  readonly playerData: string | undefined;
  /** Where the player finds the session; undefined where no server process hosts it. */
  readonly host: Host | undefined;
  readonly status: PlayerSessionStatus;
  readonly createdAt: number;
  /** Undefined while the player holds a seat. */
  readonly endedAt: number | undefined;
};

/**
 * Whether the record is of a session that had this session's name before, and has been removed. It is not shown: the
 * name is all that they share. Measured by the deadline, which leaves room for clocks that differ by some seconds.
 */
export const isOfEarlierSession = (record: PlayerRecord, ledger: Pick<Ledger, 'createdAt'>): boolean =>
  record.deadline < ledger.createdAt;

/** Reads a player's record by the ledger and the clock: the record alone does not know whether it holds a seat. */
export function readPlayerSession(
  sessionKey: string,
  record: PlayerRecord,
  ledger: Pick<Ledger, 'seats' | 'endedAt'> & Partial<Pick<Ledger, 'host'>>,
  now: number,
): PlayerSession {
  const seat = ledger.seats[record.token];
  return {
    sessionKey,
    token: record.token,
    sessionReference: record.sessionReference,
    playerId: record.playerId,
    playerData: record.playerData,
    host: ledger.host,
    createdAt: record.createdAt,
    ...(seat === undefined ? afterwards(record, now) : seated(seat, ledger.endedAt, now)),
  };
}

type Stay = Pick<PlayerSession, 'status' | 'endedAt'>;

/** A player whose seat is in the ledger. The end of the session ends the stay of everyone who is in. */
function seated(seat: number, sessionEndedAt: number | undefined, now: number): Stay {
  const state = seatState(seat, Math.min(now, sessionEndedAt ?? now));
  if (state === 'lapsed') return { status: 'TIMEDOUT', endedAt: seat };
  if (sessionEndedAt === undefined) {
    return { status: state === 'accepted' ? 'ACTIVE' : 'RESERVED', endedAt: undefined };
  }
  return { status: state === 'accepted' ? 'COMPLETED' : 'TIMEDOUT', endedAt: sessionEndedAt };
}

/** A player whose seat has left the ledger: given back, or lapsed and reclaimed by someone else. */
function afterwards(record: PlayerRecord, now: number): Stay {
  if (record.leftAt !== undefined) return { status: 'COMPLETED', endedAt: record.leftAt };
  // Accepted, but the process died before it could note when the player left.
  if (record.acceptedAt !== undefined) return { status: 'COMPLETED', endedAt: record.acceptedAt };
  return { status: 'TIMEDOUT', endedAt: Math.min(record.deadline, now) };
}
