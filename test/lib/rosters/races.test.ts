import { beforeAll, describe, expect, test } from 'vitest';
import type { Table } from '#lib/table/client.ts';
import { newTable } from '#test/support/table.ts';
import { RosterUnderTest, rosterOf } from './roster-under-test.ts';

let table: Table;
beforeAll(async () => {
  ({ table } = await newTable());
});

/** Races differ from each other: what holds must hold in each of several. */
const rounds = [1, 2, 3, 4];

const named = (kind: string, count: number) => Array.from({ length: count }, (_, i) => `${kind} ${i}`);

const kindsOf = (outcomes: readonly { readonly kind: string }[]) =>
  Object.fromEntries([...Map.groupBy(outcomes, ({ kind }) => kind)].map(([kind, all]) => [kind, all.length]));

async function account(session: RosterUnderTest): Promise<void> {
  const { ledger } = await session.stored();
  expect(ledger.open + Object.keys(ledger.seats).length).toBe(ledger.capacity);
}

describe.each(rounds)('in race %i', (round) => {
  test('of 20 players for 4 seats exactly 4 get in, and the others are shown that it is full', async () => {
    const session = await RosterUnderTest.open(table, { maxPlayers: 4 });
    const outcomes = await Promise.all(named('player', 20).map((name) => session.join(name)));
    expect(kindsOf(outcomes)).toEqual({ joined: 4, full: 16 });

    const { roster, seatsAvailable } = await session.read();
    expect(seatsAvailable).toBe(0);
    const told = outcomes.flatMap((outcome) => (outcome.kind === 'joined' ? outcome.players : []));
    expect(told.toSorted((one, other) => one.seatIndex - other.seatIndex)).toEqual(roster);
    for (const outcome of outcomes) {
      if (outcome.kind === 'full')
        expect(outcome.session).toMatchObject({ seatsAvailable: 0, roster: { length: 4 } });
    }
    await account(session);
  });

  test('of one player with himself, 10 times at once, he has one seat and one place', async () => {
    const session = await RosterUnderTest.open(table, { maxPlayers: 4 });
    const outcomes = await Promise.all(named('try', 10).map(() => session.join('ada')));
    expect(kindsOf(outcomes)).toEqual({ joined: 10 });
    const isNew = outcomes.filter((outcome) => outcome.kind === 'joined' && outcome.isNew);
    expect(isNew).toHaveLength(1);
    expect(await session.read()).toMatchObject({ seatsAvailable: 3, roster: { length: 1 } });
  });

  test('of parties of 3 for 8 seats two come in, each as a whole and side by side', async () => {
    const session = await RosterUnderTest.open(table, { maxPlayers: 8 });
    const parties = named('party', 6).map((party) => named(party, 3));
    const outcomes = await Promise.all(parties.map((party) => session.join(...party)));
    expect(kindsOf(outcomes)).toEqual({ joined: 2, full: 4 });
    const names = rosterOf(await session.read());
    expect([names.slice(0, 3), names.slice(3)].map((party) => party.join())).toEqual(
      expect.arrayContaining(
        parties.filter((_, i) => outcomes[i]?.kind === 'joined').map((party) => party.join()),
      ),
    );
  });

  test('of 12 players for 6 seats whose players never came, 6 get in', async () => {
    const session = await RosterUnderTest.open(table, { maxPlayers: 6 });
    await session.hold(named('absent', 6));
    session.clock.turn(60_000);
    const outcomes = await Promise.all(named('player', 12).map((name) => session.join(name)));
    expect(kindsOf(outcomes)).toEqual({ joined: 6, full: 6 });
    expect(await session.read()).toMatchObject({ seatsAvailable: 0, roster: { length: 6 } });
    await account(session);
  });

  test('of invitations and newcomers for 4 seats no seat is given twice', async () => {
    const session = await RosterUnderTest.open(table, { maxPlayers: 4 });
    const outcomes = await Promise.all([
      ...named('invited', 6).map((name) => session.hold([name])),
      ...named('player', 6).map((name) => session.join(name)),
    ]);
    const { joined = 0, held = 0, full } = kindsOf(outcomes);
    expect({ seats: joined + held, full }).toEqual({ seats: 4, full: 8 });
    expect((await session.read()).seatsAvailable).toBe(0);
    await account(session);
  });

  test('of two who saw the same state one changes it, and the other is shown what the first one wrote', async () => {
    const session = await RosterUnderTest.open(table);
    const ifMatch = [(await session.read()).etag];
    const outcomes = await Promise.all([1, 2].map((variant) => session.change({ variant }, { ifMatch })));
    const after = await session.read();
    expect(outcomes.toSorted((one, other) => (one.kind < other.kind ? -1 : 1))).toEqual([
      { kind: 'changed', session: after },
      { kind: 'changed-since', session: after },
    ]);
  });

  test('of six who each change something else without looking, nothing is lost', async () => {
    const session = await RosterUnderTest.open(table);
    const changes = [
      { variant: round },
      { displayName: 'cards' },
      { visibility: 'Everyone' as const },
      { isClosed: true },
      { customData: Uint8Array.of(1) },
      { maxPlayers: 9 },
    ];
    const outcomes = await Promise.all(changes.map((change) => session.change(change)));
    expect(kindsOf(outcomes)).toEqual({ changed: changes.length });
    expect(await session.read()).toMatchObject(Object.assign({}, ...changes));
  });

  test.each<
    [what: string, act: (session: RosterUnderTest) => Promise<{ readonly kind: string }>, refusal: string]
  >([
    ['closes', (session) => session.change({ isClosed: true }), 'closed'],
    ['ends', (session) => session.change({ hasEnded: true }), 'ended'],
    ['shrinks', (session) => session.change({ maxPlayers: 2 }), 'full'],
  ])(
    'against one who %s the session, whoever is told to be in is in, and nobody else',
    async (_, act, refusal) => {
      const session = await RosterUnderTest.open(table, { maxPlayers: 10 });
      const joining = named('player', 10).map((name) => session.join(name));
      const changed = await act(session);
      const outcomes = await Promise.all(joining);
      const { joined = 0, ...others } = kindsOf(outcomes);
      const after = await session.read();
      expect(after.roster.filter(({ isCurrentlyInSession }) => isCurrentlyInSession)).toHaveLength(joined);
      expect(after.seatsAvailable).toBe(after.maxPlayers - joined);
      if (changed.kind === 'changed') expect(Object.keys(others)).toEqual(joined === 10 ? [] : [refusal]);
      else expect(changed).toEqual({ kind: 'below-held', held: expect.any(Number) });
      await account(session);
    },
  );

  test('of those who leave and come back with those who join, each seat is counted once', async () => {
    const session = await RosterUnderTest.open(table, { maxPlayers: 6 });
    const old = named('old', 3);
    await session.join(...old);
    await Promise.all([
      ...old.map((name) => session.remove(name)),
      ...old.map((name) => session.join(name)),
      ...named('new', 4).map((name) => session.join(name)),
    ]);
    const after = await session.read();
    const playersIn = after.roster.filter(({ isCurrentlyInSession }) => isCurrentlyInSession).length;
    expect(after.seatsAvailable + playersIn).toBe(6);
    expect(
      rosterOf(after)
        .slice(0, 3)
        .map((name) => name.replace(/[()]/g, '')),
    ).toEqual(old);
    await account(session);
  });
});
