import type { UpdateRequest } from './client.ts';
import { sessionItemKey } from './keys.ts';
import { ledgerExpression } from './ledger-expression.ts';
import type { SeenSeat } from './seat-requests.ts';
import { isKeptSeat } from './session-item.ts';

/** What one write to the ledger changes of how many a session takes, and whom. All of it happens, or none. */
export type SettingsChange = {
  /** The capacity as seen and the one that takes its place; undefined where it stays. */
  readonly capacity: { readonly from: number; readonly to: number } | undefined;
  /** Whether newcomers are let in from now on; undefined where it stays. */
  readonly takesPlayers: boolean | undefined;
  /** Lapsed seats that are removed: their slots go with a capacity that is lowered, or are open. */
  readonly reclaim: readonly SeenSeat[];
};

/**
 * The most seats that one write can be conditional on. DynamoDB takes expressions of 4 KB, which hold about 130 of them,
 * and of 300 operators, which are 150.
 */
export const maximumReclaimed = 100;

/** Changes the settings of a session that is ACTIVE. The write gives back the whole item. */
export function changeSettings(sessionKey: string, change: SettingsChange, now: number): UpdateRequest {
  const { capacity, takesPlayers, reclaim } = change;
  const e = ledgerExpression();
  e.when(e.isLive());
  // Open slots change by what the capacity changes by and by what seats leave: with these, open + seats = capacity holds
  // after the write as it did before. It also needs the capacity to be the one that the difference was taken from.
  const opened = (capacity ? capacity.to - capacity.from : 0) + reclaim.length;
  const open = e.name('open');
  const isChanged = capacity !== undefined || takesPlayers !== undefined;
  const timedOut = reclaim.filter(({ token }) => !isKeptSeat(token));
  e.count(timedOut.length + (isChanged ? 1 : 0), now);
  e.set(`${open} = ${open} + ${e.value('opened', opened)}`);
  if (capacity !== undefined) {
    e.when(`cap = ${e.value('from', capacity.from)}`);
    e.set(`cap = ${e.value('to', capacity.to)}`);
  }
  // Slots that somebody has taken in the meantime cannot go.
  if (opened < 0) e.when(`${open} >= ${e.value('closed', -opened)}`);
  // Whoever renewed or reclaimed one of these seats in the meantime has changed its value.
  e.when(...reclaim.map(({ token, value }, i) => `${e.seat(token)} = ${e.value(`seen${i}`, value)}`));
  e.remove(...reclaim.map(({ token }) => e.seat(token)));
  if (takesPlayers === false) e.set(`deny = ${e.value('true', true)}`);
  if (takesPlayers === true) e.remove('deny');
  return { Key: sessionItemKey(sessionKey), ...e.finish(), ReturnValues: 'ALL_NEW' };
}
