import { expect } from 'vitest';
import { type LedgerEvent, ledgerEvents } from '#lib/events/ledger-events.ts';
import { type RosterEvent, rosterEvents } from '#lib/events/roster-events.ts';
import { tokenOf } from '#lib/rosters/ids.ts';
import type { StoredRoster } from '#lib/table/rostered-item.ts';
import { acceptedSeat, isKeptSeat, type Ledger } from '#lib/table/session-item.ts';

type Place = 'held' | 'in';

/**
 * One who knows of a session what its events say and nothing else, and who holds them against the session itself after each
 * write: what the events make of it must be what it is.
 */
class Listener {
  readonly places = new Map<string, Place>();
  hasEnded = false;
  #next = 0;

  /** Each number comes once and in order, and nothing comes after the end. */
  protected count({ number }: { readonly number: number }): void {
    expect(number, 'the number of the next event').toBe(this.#next++);
    expect(this.hasEnded, 'something happens after the end').toBe(false);
  }

  protected move(token: string, from: readonly (Place | undefined)[], to: Place | undefined): void {
    expect(from, `where ${token} was`).toContain(this.places.get(token));
    if (to === undefined) this.places.delete(token);
    else this.places.set(token, to);
  }

  /**
   * While the session goes on the events tell every seat of it but those that are kept for somebody who has left, and how many
   * of them there have been.
   */
  protected compare({ seats, version, endedAt }: Ledger): void {
    expect(this.hasEnded).toBe(endedAt !== undefined);
    if (this.hasEnded) return;
    expect(this.#next, 'as many events as the session counts').toBe(version + 1);
    const stored = Object.entries(seats)
      .filter(([token]) => !isKeptSeat(token))
      .map(([token, value]) => [token, value < acceptedSeat ? 'held' : 'in']);
    expect(Object.fromEntries(this.places)).toEqual(Object.fromEntries(stored));
  }
}

/** Listens to a game session of the GameLift API. */
export class LedgerListener extends Listener {
  #seen: Ledger | undefined;

  look(ledger: Ledger): void {
    const events = ledgerEvents(this.#seen, ledger, { endsStays: true });
    for (const event of events) this.#hear(event);
    this.#seen = ledger;
    this.compare(ledger);
  }

  #hear(event: LedgerEvent): void {
    this.count(event);
    switch (event.kind) {
      case 'activated':
      case 'changed':
        break;
      case 'reserved':
        this.move(event.token, [undefined], 'held');
        break;
      case 'taken':
        this.move(event.token, ['held'], 'in');
        break;
      case 'given-back':
        this.move(event.token, [event.wasIn ? 'in' : 'held'], undefined);
        break;
      case 'timed-out':
        this.move(event.token, ['held'], undefined);
        break;
      case 'ended':
        this.hasEnded = true;
        expect([...this.places.keys()], 'whose stay has not ended').toEqual([]);
    }
  }
}

/** Listens to a session with a roster. */
export class RosterListener extends Listener {
  #seen: StoredRoster | undefined;

  look(stored: StoredRoster): void {
    for (const event of rosterEvents(this.#seen, stored)) this.#hear(event);
    this.#seen = stored;
    this.compare(stored.ledger);
  }

  #hear(event: RosterEvent): void {
    this.count(event);
    switch (event.kind) {
      case 'activated':
      case 'changed':
        break;
      case 'player-joined':
        this.move(tokenOf(event.player.xuid), [undefined, 'held'], 'in');
        break;
      case 'player-left':
      case 'player-removed':
        this.move(tokenOf(event.player.xuid), ['in'], undefined);
        break;
      case 'seat-reserved':
        this.move(event.seat.token, [undefined], 'held');
        break;
      case 'seat-released':
      case 'seat-timed-out':
        this.move(event.seat.token, ['held'], undefined);
        break;
      case 'ended':
        this.hasEnded = true;
    }
  }
}
