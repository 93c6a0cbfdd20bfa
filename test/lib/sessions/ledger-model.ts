import { expect } from 'vitest';
import { reservationTime as usualReservationTime } from '#lib/sessions/reserve.ts';
import { acceptedSeat, isKeptSeat, type Ledger } from '#lib/table/session-item.ts';
import { movedSeats, seatEvents } from './events-between.ts';

/** One verb that a test has started, as its caller sees it. */
export type Started = { readonly now: number } & (
  | {
      readonly verb: 'reserve';
      readonly tokens: readonly string[];
      /** For each of these the token of the seat that may be kept for its player. */
      readonly kept: readonly string[];
      readonly mayBeRetry: boolean;
    }
  | { readonly verb: 'accept'; readonly token: string }
  | {
      readonly verb: 'release';
      readonly token: string;
      /** The seat that is to be kept for its player, if the player is in, and until when. */
      readonly keeps: { readonly token: string; readonly until: number } | undefined;
    }
  | { readonly verb: 'end' }
  | {
      readonly verb: 'update';
      readonly capacity: number | undefined;
      readonly takesPlayers: boolean | undefined;
    }
);
type Reserving = Started & { readonly verb: 'reserve' };
type Releasing = Started & { readonly verb: 'release' };
type Updating = Started & { readonly verb: 'update' };

/** What the ledger showed to a verb that wrote or read it, by that verb's clock. */
type Seen = {
  readonly by: Started;
  readonly seats: Seats;
  readonly held: number;
  readonly capacity: number;
  readonly takesPlayers: boolean;
};

type Seats = ReadonlyMap<string, number>;

/**
 * The service as a game developer would put it: so many slots, each held by one token until a time. A seat that is kept for
 * a player who has left holds a slot like any other, for whom nobody has to come. It is shown every image of the real ledger
 * and says whether the verb that was at work could have brought it there.
 */
export class LedgerModel {
  capacity: number;
  takesPlayers = true;
  seats: Seats = new Map();
  endedAt: number | undefined;
  /** How long reservations hold, milliseconds. */
  readonly reservationTime: number;
  #image: Ledger;
  /** What has happened to each token at some time. */
  readonly everHeld = new Set<string>();
  readonly everAccepted = new Set<string>();
  readonly everReleased = new Set<string>();
  /** Until when a seat was kept for a player the last time. */
  readonly everKept = new Map<string, number>();
  readonly #seen: Seen[] = [];

  /** @param image the ledger of a session that nobody has been in yet */
  constructor(image: Ledger) {
    this.#image = image;
    this.capacity = image.capacity;
    this.reservationTime = image.reservationTime ?? usualReservationTime;
  }

  /** When the sweep looks at the session; undefined where it has no reason to. */
  get lookAt(): number | undefined {
    return this.#image.lookAt;
  }

  held(now: number): number {
    return [...this.seats.values()].filter((value) => value > now).length;
  }

  free(now: number): number {
    return this.capacity - this.held(now);
  }

  /** Checks one step: the ledger before is this model's, the ledger after is `image`. */
  step(image: Ledger, by: Started): void {
    const after = new Map(Object.entries(image.seats));
    expect(image.open + after.size, 'open + seats = capacity').toBe(image.capacity);
    expect(image.open, 'open').toBeGreaterThanOrEqual(0);

    const changed = movedSeats(this.#image, image);
    if (this.endedAt !== undefined) expect(changed, 'seats that change after the end').toEqual([]);
    this.#checkSettings(image, by);
    // To an update seats are in the way only of a smaller capacity.
    if (by.verb === 'update' && changed.length > 0) expect(image.capacity).toBeLessThan(this.capacity);
    for (const token of changed) this.#checkChange(token, after.get(token), by);
    if (by.verb === 'reserve') this.#checkWhole(after, changed, by);
    if (by.verb === 'release') this.#checkKept(after, changed, by);
    this.#checkNumbers(image, changed, by);
    this.#checkLook(image, changed, by);
    // Also one that changed nothing may have noted that the player left.
    if (by.verb === 'release') this.everReleased.add(by.token);

    this.#image = image;
    this.seats = after;
    this.capacity = image.capacity;
    this.takesPlayers = !image.deniesPlayers;
    if (image.endedAt !== this.endedAt) {
      expect({ verb: by.verb, endedBefore: this.endedAt }).toEqual({ verb: 'end', endedBefore: undefined });
      this.endedAt = image.endedAt;
    }
    for (const [token, value] of after) {
      if (isKeptSeat(token)) this.everKept.set(token, value);
      else this.everHeld.add(token);
      if (value === acceptedSeat) this.everAccepted.add(token);
    }
    const { capacity, takesPlayers, seats } = this;
    this.#seen.push({ by, seats, held: this.held(by.now), capacity, takesPlayers });
  }

  /** Each event has a number of its own, and the ledger says when it was written last. */
  #checkNumbers(image: Ledger, changed: readonly string[], by: Started): void {
    const before = this.#image;
    const isChanged = image.capacity !== before.capacity || image.deniesPlayers !== before.deniesPlayers;
    const others = (isChanged ? 1 : 0) + (image.endedAt !== before.endedAt ? 1 : 0);
    const events = seatEvents(before, image) + others;
    const isCounted = image.version > before.version;
    // A policy that is as wanted by the time that it is set is told as a change all the same.
    expect(image.version - before.version, 'numbers').toBe(isCounted ? Math.max(events, 1) : events);
    const isWritten = isCounted || changed.length > 0;
    expect(image.touchedAt, 'when it was written').toBe(isWritten ? by.now : before.touchedAt);
  }

  /** Whoever takes a seat where the sweep has no reason to come gives it one, and whose seat lapses sooner may say so. */
  #checkLook(image: Ledger, changed: readonly string[], by: Started): void {
    const before = this.#image.lookAt;
    const { lookAt } = image;
    if (image.endedAt !== undefined) {
      expect(lookAt, 'a session that is over').toBeUndefined();
    } else if (by.verb === 'release' && changed.some(isKeptSeat)) {
      expect(lookAt, 'as long as the seat is kept').toBe(before ?? by.keeps?.until);
    } else if (changed.some((token) => image.seats[token] === by.now + this.reservationTime)) {
      expect(lookAt, 'a minute from the first seat on').toBe(before ?? by.now + usualReservationTime);
    } else if (lookAt !== before) {
      expect({ verb: by.verb, lookAt, before }).toEqual({ verb: 'reserve', lookAt, before });
      expect(lookAt, 'sooner').toBeLessThan(before ?? 0);
      expect(lookAt, 'not before the own seat lapses').toBeGreaterThanOrEqual(by.now);
    }
    const isReserved = Object.values(image.seats).some((value) => value < acceptedSeat);
    if (isReserved && image.endedAt === undefined) expect(lookAt, 'the sweep comes').toBeDefined();
  }

  /** Capacity and policy are what somebody asked for who was at work, and never leave somebody without a slot. */
  #checkSettings(image: Ledger, by: Started): void {
    const changesCapacity = image.capacity !== this.capacity;
    const changesPolicy = image.deniesPlayers === this.takesPlayers;
    if (!changesCapacity && !changesPolicy) return;
    expect({ verb: by.verb, endedAt: this.endedAt }).toEqual({ verb: 'update', endedAt: undefined });
    if (by.verb !== 'update') return;
    if (changesCapacity) {
      expect(image.capacity, 'the capacity that was asked for').toBe(by.capacity);
      expect(image.capacity, 'slots that are held').toBeGreaterThanOrEqual(this.held(by.now));
    }
    if (changesPolicy) expect(!image.deniesPlayers, 'the policy that was asked for').toBe(by.takesPlayers);
  }

  #checkChange(token: string, after: number | undefined, by: Started): void {
    const before = this.seats.get(token);
    const hadLapsed = before !== undefined && before <= by.now;
    switch (by.verb) {
      case 'reserve':
        if (by.kept.includes(token)) {
          // Whoever comes back takes the seat; a retry that comes after its player has left again puts it back.
          if (after !== undefined) {
            expect({ before, after }).toEqual({ before: undefined, after: this.everKept.get(token) });
          }
          return;
        }
        // A newcomer, the renewal of one's own lapsed seat, or a lapsed seat that makes room.
        if (after !== undefined) {
          expect(by.tokens, 'whose seat is taken').toContain(token);
          expect(after, 'until when').toBe(by.now + this.reservationTime);
        }
        // A retry that comes after its player has left gives back at once what it took.
        if (after === undefined && by.tokens.includes(token)) expect(this.everReleased).toContain(token);
        else if (before !== undefined) expect(hadLapsed, 'only a lapsed seat is taken away').toBe(true);
        return;
      case 'accept':
        expect({ token, after, hadLapsed }).toEqual({
          token: by.token,
          after: acceptedSeat,
          hadLapsed: false,
        });
        expect(before, 'an accepted seat was reserved').toBeDefined();
        return;
      case 'release':
        if (token === by.keeps?.token) {
          expect({ before, after }, 'is kept').toEqual({ before: undefined, after: by.keeps.until });
        } else expect({ token, after }).toEqual({ token: by.token, after: undefined });
        return;
      case 'end':
        expect.fail('Ending a session moves no seat');
        return;
      case 'update':
        expect({ token, after, hadLapsed }).toEqual({ token, after: undefined, hadLapsed: true });
    }
  }

  /**
   * A group comes in as a whole: after a write of its own, all of its tokens are there, and whoever comes back has taken the
   * seat that was kept in that same write.
   */
  #checkWhole(after: Seats, changed: readonly string[], by: Reserving): void {
    const isIn = changed.some((token) => after.has(token) && !isKeptSeat(token));
    const own: readonly string[] = [...by.tokens, ...by.kept];
    if (isIn && !this.takesPlayers) {
      const comesBack = by.kept.filter((token) => (this.seats.get(token) ?? 0) > by.now);
      expect(comesBack, 'newcomers where these are turned away').toEqual(by.kept);
    }
    for (const [i, token] of by.tokens.entries()) {
      const isNew = after.has(token) && !this.seats.has(token);
      if (isNew) expect(after.has(by.kept[i] ?? ''), 'beside the seat that was kept').toBe(false);
    }
    if (!isIn)
      expect(
        changed.filter((token) => !own.includes(token)),
        'put out for nothing',
      ).toEqual([]);
    expect(isIn ? by.tokens.filter((token) => !after.has(token)) : [], 'members left outside').toEqual([]);
  }

  /** Only the seat of one who was in is kept: instead of that one, and by the write that takes it. */
  #checkKept(after: Seats, changed: readonly string[], by: Releasing): void {
    if (by.keeps === undefined || !changed.includes(by.keeps.token)) return;
    expect(this.seats.get(by.token), 'was in').toBe(acceptedSeat);
    expect(after.has(by.token), 'is in beside the seat that is kept').toBe(false);
  }

  /**
   * Whether a caller may be told that the session is full: it was so at the time, or up to 250 ms before. To whoever comes
   * back the seat that is kept is free.
   */
  mayBeFull({ now, tokens, kept, mayBeRetry }: Reserving): boolean {
    const isRecent = (at: number) => (mayBeRetry ? at === now : now - at < 250);
    return this.#seen.some(({ by, seats, held, capacity }) => {
      const own = kept.filter((token) => (seats.get(token) ?? 0) > by.now).length;
      return by.verb === 'reserve' && isRecent(by.now) && capacity - held + own < tokens.length;
    });
  }

  /** Whether a caller may be told that newcomers are turned away: its own request has seen it. */
  mayBeDenied(reserving: Reserving): boolean {
    return this.#seen.some(({ by, takesPlayers }) => by === reserving && !takesPlayers);
  }

  /** Whether a caller may be told that the settings are as asked for: its own request has seen it. */
  mayBeUpdated(updating: Updating): boolean {
    const { capacity, takesPlayers } = updating;
    return this.#seen.some(
      (seen) =>
        seen.by === updating &&
        (capacity ?? seen.capacity) === seen.capacity &&
        (takesPlayers ?? seen.takesPlayers) === seen.takesPlayers,
    );
  }

  /** Whether a caller may be told that so many slots are held: its own request has seen it, and asked for fewer. */
  mayBeBelowHeld(updating: Updating, held: number): boolean {
    return (
      this.#seen.some((seen) => seen.by === updating && seen.held === held) && (updating.capacity ?? 0) < held
    );
  }
}
