import { randomInt } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { seatState } from '#lib/sessions/ledger.ts';
import { reservationTime } from '#lib/sessions/reserve.ts';
import type { Table } from '#lib/table/client.ts';
import type { Ledger } from '#lib/table/session-item.ts';
import { RosterUnderTest, rosterOf } from '#test/lib/rosters/roster-under-test.ts';
import {
  again,
  request,
  type SessionUnderTest,
  someTime,
  tokensOf,
} from '#test/lib/sessions/session-under-test.ts';
import { Clock } from '#test/support/clock.ts';
import { newTable } from '#test/support/table.ts';
import { dieAfter } from './mortal-process.ts';
import { minute, openGameSession, reportOf, sweepNow } from './swept-table.ts';

/** How many steps all callers take together: `OPENSLOT_MODEL_STEPS=100000 npm run unit` for a long proof. */
const steps = Number(process.env['OPENSLOT_MODEL_STEPS'] ?? 120);
const callerCount = 64;
/** A few sessions are crowded, and the others empty for most of the time. */
const sessionCount = 16;
const crowdedCount = 4;
const rosterCount = 3;
const stepsPerSweep = 8;

/** Short, milliseconds: sessions that are empty for a moment are ended while others are about to come in. */
const idleTime = minute;

let table: Table;
beforeAll(async () => {
  ({ table } = await newTable());
});

/** The sessions that all callers go to, and the time that all go by. */
class Place {
  readonly clock = new Clock(someTime);
  readonly sessions: SessionUnderTest[] = [];
  readonly rosters: RosterUnderTest[] = [];
  stepsLeft = steps;

  static async open(): Promise<Place> {
    const place = new Place();
    const sessions = Array.from({ length: sessionCount }, () => place.#openSession());
    place.sessions.push(...(await Promise.all(sessions)));
    for (let i = 0; i < rosterCount; i++)
      place.rosters.push(await RosterUnderTest.open(table, { maxPlayers: 6 }));
    return place;
  }

  #openSession(): Promise<SessionUnderTest> {
    return openGameSession(table, { capacity: randomInt(3, 9), idleTime }, { at: this.clock.now() });
  }

  /** Whoever finds a session ended opens another one in its stead. */
  async replace(session: SessionUnderTest): Promise<void> {
    const index = this.sessions.indexOf(session);
    if (index !== -1) this.sessions[index] = await this.#openSession();
  }

  /** Mostly by a second, and now and then by so much that what nobody took up has lapsed. */
  turn(): void {
    const milliseconds = randomInt(20) === 0 ? reservationTime : randomInt(1_000);
    for (const { clock } of [this, ...this.sessions, ...this.rosters]) clock.turn(milliseconds);
  }
}

const checkSlots = ({ open, seats, capacity }: Ledger): void => {
  expect(open, 'open').toBeGreaterThanOrEqual(0);
  expect(open + Object.keys(seats).length, 'open + seats').toBe(capacity);
};

/** Somebody is in, and stays so whatever the sweep does: until he leaves, the session goes on and the seat is his. */
async function checkIsIn(session: SessionUnderTest, token: string): Promise<void> {
  const ledger = await session.ledger();
  checkSlots(ledger);
  expect(ledger.endedAt, 'a session is ended that somebody is in').toBeUndefined();
  expect(seatState(ledger.seats[token] ?? 0, session.clock.now()), 'who was accepted').toBe('accepted');
}

/** One player comes to a session: asks for a slot, perhaps twice; comes in, or never; and leaves, or stays. */
async function visitSession(place: Place, session: SessionUnderTest, name: string): Promise<void> {
  const joining = request(name);
  const [token = ''] = tokensOf(joining);
  const outcome = await session.reserve(joining);
  if (randomInt(4) === 0) await session.reserve(again(joining));
  checkSlots(await session.ledger());
  if (outcome.kind === 'not-active') return place.replace(session);
  if (outcome.kind !== 'reserved' || randomInt(3) === 0) return;

  place.turn();
  const { kind } = await session.accept(token);
  if (kind !== 'accepted') {
    expect(kind, 'how somebody comes in').toBeOneOf(['lapsed', 'not-held', 'ended']);
    return;
  }
  place.turn();
  await checkIsIn(session, token);
  if (randomInt(40) === 0) return;
  expect((await session.release(token)).kind).toBe('released');
}

/** The same in a session with a roster, where seats are held for some who never come. */
async function visitRoster(session: RosterUnderTest, name: string): Promise<void> {
  if (randomInt(3) === 0) return void (await session.hold([name]));
  const { kind } = await session.join(name);
  const { roster, ledger } = await session.stored();
  checkSlots(ledger);
  expect(new Set(roster.map(({ xuid }) => xuid)).size, 'places in the roster').toBe(roster.length);
  if (kind !== 'joined') return;
  expect(rosterOf(await session.read())).toContain(name);
  if (randomInt(10) > 0) await session.remove(name);
}

/** A run of the sweep, which dies at its first write, its second or its third, if it has so many to do. */
const sweepOnce = (place: Place) => dieAfter(randomInt(3), table, (mortal) => sweepNow(mortal, place));

async function act(place: Place, name: string): Promise<void> {
  while (place.stepsLeft-- > 0) {
    place.turn();
    if (randomInt(stepsPerSweep) === 0) await sweepOnce(place);
    const session = place.sessions[randomInt(randomInt(2) === 0 ? crowdedCount : sessionCount)];
    const roster = place.rosters[randomInt(5 * rosterCount)];
    if (roster) await visitRoster(roster, name);
    else if (session) await visitSession(place, session, name);
  }
}

test(
  `${callerCount} callers and sweeps that die, in ${steps} steps: no slot is lost, nobody who is in is put out`,
  async () => {
    const place = await Place.open();
    await Promise.all(Array.from({ length: callerCount }, (_, i) => act(place, `player ${i}`)));

    // Once every reservation has had its time, one run leaves nothing, and each slot can be had again: not one more.
    for (const { clock } of [place, ...place.sessions, ...place.rosters]) clock.turn(reservationTime);
    expect(await sweepNow(table, place)).toMatchObject({ failed: 0, backlog: 0 });
    expect(await sweepNow(table, place)).toEqual(reportOf({}));
    for (const session of place.sessions) {
      const { open, seats, capacity, endedAt } = await session.ledger();
      if (endedAt !== undefined) continue;
      const states = Object.values(seats).map((seat) => seatState(seat, session.clock.now()));
      expect(states).toEqual(Array(capacity - open).fill('accepted'));
      session.capacity = capacity;
      expect(await session.fill()).toBe(open);
    }
  },
  60_000 + steps * 50,
);
