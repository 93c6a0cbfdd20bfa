import type { StoredItem, Table } from '#lib/table/client.ts';
import type { StoredRoster } from '#lib/table/rostered-item.ts';
import { type Contended, type Step, settled, writeInTurns } from '#lib/table/write-in-turns.ts';
import { findRoster, ofTitle } from './find.ts';
import type { SessionAddress } from './ids.ts';
import { notFound, type Refused } from './refusals.ts';

/**
 * Writes before a request gives up. Players who come and go, and others who change the session, can be in its way; of those
 * who are in each other's, one comes through in each round.
 */
const maximumWrites = 20;

/**
 * Reads a session and writes it until the outcome is settled.
 *
 * @param step is asked for each state of the session. `mayBeDone` says that the state may be the work of an earlier try of
 * the same request, whose answer was lost.
 * @param beforeWriting is done once before the first write; nothing where nothing is written
 */
export async function changeInTurns<Outcome>(
  table: Table,
  address: SessionAddress,
  step: (stored: StoredRoster, mayBeDone: boolean) => Step<Outcome>,
  beforeWriting?: (stored: StoredRoster) => Promise<void>,
): Promise<Outcome | Refused<'not-found'> | Contended> {
  type Either = Outcome | Refused<'not-found'>;
  const stored = await findRoster(table, address);
  if (stored === undefined) return notFound;
  const first = step(stored, false);
  if (first.kind === 'write') await beforeWriting?.(stored);
  const next = (item: StoredItem | undefined, mayBeDone: boolean): Step<Either> => {
    const latest = ofTitle(address.titleId, item);
    return latest === undefined ? settled<Either>(notFound) : step(latest, mayBeDone);
  };
  return writeInTurns<Either>(table, first, next, maximumWrites);
}
