import { hasEnded } from '#lib/sessions/ledger.ts';
import type { Ledger } from '#lib/table/session-item.ts';
import { lastTurns, type SeatTurn, seatTurns } from './seat-turns.ts';

/** What happens to a session as a whole. */
export type SessionTurn = { readonly kind: 'activated' | 'changed' | 'ended' };

/** A thing that happened in a session, its number among all that happened there, and when it did, epoch milliseconds. */
export type Numbered<Turn> = Turn & { readonly number: number; readonly at: number };

/** What happens in the ledger of a session. */
export type LedgerEvent = Numbered<SessionTurn | SeatTurn>;

/**
 * What one write to the ledger of a session has made happen, in order. The same two images always give the same events with
 * the same numbers, so that whoever is told twice knows it.
 *
 * The ledger counts one event for each seat that a write moves, and one more where it changes the session itself: the numbers
 * of a session have no gaps.
 *
 * @param before undefined for a session that is new
 * @param how whether the end of the session is the end of everyone's stay, and which tokens come before others
 */
export function ledgerEvents(
  before: Ledger | undefined,
  after: Ledger,
  how: { readonly endsStays: boolean; readonly first?: readonly string[] },
): readonly LedgerEvent[] {
  const at = after.touchedAt;
  if (before === undefined) {
    return [{ kind: after.status === 'ACTIVE' ? 'activated' : 'changed', number: after.version, at }];
  }
  if (before.version === after.version) return [];
  const moved = seatTurns(before.seats, after.seats, at, how.first);
  const endsNow = hasEnded(after) && !hasEnded(before);
  // No write moves these: what the ledger counts for the end is one, and nothing comes after it.
  const stays = endsNow && how.endsStays ? lastTurns(after.seats, at) : [];
  const countsSession = moved.length < after.version - before.version;
  const turns = [...moved, ...stays, ...sessionTurns(before, after, { endsNow, countsSession })];
  return turns.map((turn, i) => ({ ...turn, number: before.version + 1 + i, at: timeOf(turn, at) }));
}

function sessionTurns(
  before: Ledger,
  after: Ledger,
  { endsNow, countsSession }: { readonly endsNow: boolean; readonly countsSession: boolean },
): readonly SessionTurn[] {
  if (endsNow) return [{ kind: 'ended' }];
  if (before.status !== 'ACTIVE' && after.status === 'ACTIVE') return [{ kind: 'activated' }];
  return countsSession ? [{ kind: 'changed' }] : [];
}

/** A reservation lapses by the clock: it is over at its deadline, whenever somebody writes that down. */
const timeOf = (turn: SessionTurn | SeatTurn, writtenAt: number): number =>
  turn.kind === 'timed-out' ? Math.min(turn.deadline, writtenAt) : writtenAt;
