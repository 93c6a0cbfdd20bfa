import { expect } from 'vitest';
import { reservationTime } from '#lib/sessions/reserve.ts';
import { acceptedSeat, type Ledger } from '#lib/table/session-item.ts';

/** One verb that a test has started, as its caller sees it. */
export type Started = { readonly now: number } & (
  | { readonly verb: 'reserve'; readonly tokens: readonly string[]; readonly mayBeRetry: boolean }
  | { readonly verb: 'accept' | 'release'; readonly token: string }
  | { readonly verb: 'end' }
);

type Seats = ReadonlyMap<string, number>;

/**
 * The service as a game developer would put it: so many slots, each held by one token until a time. It is shown every
 * image of the real ledger and says whether the verb that was at work could have brought it there.
 */
export class LedgerModel {
  readonly capacity: number;
  seats: Seats = new Map();
  endedAt: number | undefined;
  /** What has happened to each token at some time. */
  readonly everHeld = new Set<string>();
  readonly everAccepted = new Set<string>();
  readonly everReleased = new Set<string>();
  readonly #fullSeen: { readonly at: number; readonly free: number }[] = [];

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  free(now: number): number {
    return this.capacity - [...this.seats.values()].filter((value) => value > now).length;
  }

  /** Checks one step: the ledger before is this model's, the ledger after is `image`. */
  step(image: Ledger, by: Started): void {
    const after = new Map(Object.entries(image.seats));
    expect(image.open + after.size, 'open + seats = capacity').toBe(this.capacity);
    expect(image.open, 'open').toBeGreaterThanOrEqual(0);

    const changed = [...new Set([...this.seats.keys(), ...after.keys()])].filter(
      (token) => this.seats.get(token) !== after.get(token),
    );
    if (this.endedAt !== undefined) expect(changed, 'seats that change after the end').toEqual([]);
    for (const token of changed) this.#checkChange(token, after.get(token), by);
    if (by.verb === 'reserve') this.#checkWhole(after, changed, by);
    // Also one that changed nothing may have noted that the player left.
    if (by.verb === 'release') this.everReleased.add(by.token);

    this.seats = after;
    if (image.endedAt !== this.endedAt) {
      expect({ verb: by.verb, endedBefore: this.endedAt }).toEqual({ verb: 'end', endedBefore: undefined });
      this.endedAt = image.endedAt;
    }
    for (const [token, value] of after) {
      this.everHeld.add(token);
      if (value === acceptedSeat) this.everAccepted.add(token);
    }
    if (by.verb === 'reserve') this.#fullSeen.push({ at: by.now, free: this.free(by.now) });
  }

  #checkChange(token: string, after: number | undefined, by: Started): void {
    const before = this.seats.get(token);
    const hadLapsed = before !== undefined && before <= by.now;
    switch (by.verb) {
      case 'reserve':
        // A newcomer, the renewal of one's own lapsed seat, or a lapsed seat that makes room.
        if (after !== undefined) {
          expect(by.tokens, 'whose seat is taken').toContain(token);
          expect(after, 'until when').toBe(by.now + reservationTime);
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
        expect({ token, after }).toEqual({ token: by.token, after: undefined });
        return;
      case 'end':
        expect.fail('Ending a session moves no seat');
    }
  }

  /** A group comes in as a whole: after a write of its own, all of its tokens are there. */
  #checkWhole(after: Seats, changed: readonly string[], by: Started & { readonly verb: 'reserve' }): void {
    const isIn = changed.some((token) => after.has(token));
    const own: readonly string[] = by.tokens;
    if (!isIn)
      expect(
        changed.filter((token) => !own.includes(token)),
        'put out for nothing',
      ).toEqual([]);
    expect(isIn ? by.tokens.filter((token) => !after.has(token)) : [], 'members left outside').toEqual([]);
  }

  /** Whether a caller may be told that the session is full: it was so at the time, or up to 250 ms before. */
  mayBeFull({ now, tokens, mayBeRetry }: Started & { readonly verb: 'reserve' }): boolean {
    const isRecent = (at: number) => (mayBeRetry ? at === now : now - at < 250);
    return this.#fullSeen.some(({ at, free }) => isRecent(at) && free < tokens.length);
  }
}
