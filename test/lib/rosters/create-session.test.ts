import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { readSession } from '#lib/rosters/find.ts';
import type { RosteredSession } from '#lib/rosters/rostered-session.ts';
import type { Table } from '#lib/table/client.ts';
import { newTable } from '#test/support/table.ts';
import {
  create,
  playerCaller,
  RosterUnderTest,
  rosterOf,
  someTime,
  someTitle,
  titleCaller,
  type Wanted,
  xuidOf,
} from './roster-under-test.ts';

let table: Table;
beforeAll(async () => {
  ({ table } = await newTable());
});

async function created(wanted: Wanted, now?: number): Promise<RosteredSession> {
  const outcome = await create(table, wanted, now);
  if (outcome.kind !== 'created') throw new Error('The session was not created');
  return outcome.session;
}

describe('a session that is created', () => {
  test('has nobody in it and every seat available, and reads as its creation answered', async () => {
    const wanted: Wanted = {
      variant: -1,
      displayName: 'Contoso Cards ♠',
      customData: Uint8Array.from([0, 255, 7]),
      visibility: 'Everyone',
      isClosed: true,
      maxPlayers: 16,
      playersCanBeRemovedBy: 'AnyPlayer',
      creator: 'ada',
    };
    const session = await RosterUnderTest.open(table, wanted);
    const { creator: _, ...told } = wanted;
    expect(session.created).toEqual({
      ...told,
      sessionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      titleId: someTitle,
      createdAt: someTime,
      creator: xuidOf('ada'),
      seatsAvailable: 16,
      hasEnded: false,
      roster: [],
      etag: '0-16',
    });
    expect(await session.read()).toEqual(session.created);
  });

  test('need not be described at all', async () => {
    const session = await RosterUnderTest.open(table);
    expect(await session.read()).toMatchObject({
      displayName: '',
      customData: undefined,
      creator: undefined,
      maxPlayers: 4,
      seatsAvailable: 4,
    });
  });

  test('tells custom data of no bytes from none', async () => {
    const session = await RosterUnderTest.open(table, { customData: new Uint8Array() });
    expect((await session.read()).customData).toEqual(new Uint8Array());
  });

  test('is shown to those whom its visibility names, and to nobody else', async () => {
    const session = await RosterUnderTest.open(table, { creator: 'ada' });
    await session.join('bob');
    const context = { table, now: someTime };
    for (const caller of [titleCaller(), playerCaller('ada'), playerCaller('bob')]) {
      const found = { kind: 'found', session: await session.read() };
      expect(await readSession(context, session.address, caller)).toEqual(found);
    }
    expect(await readSession(context, session.address, playerCaller('eve'))).toEqual({ kind: 'not-visible' });
  });

  test('does not exist for another title', async () => {
    const { address } = await RosterUnderTest.open(table, { visibility: 'Everyone' });
    const other = someTitle + 1;
    const context = { table, now: someTime };
    expect(await readSession(context, { ...address, titleId: other }, titleCaller(other))).toEqual({
      kind: 'not-found',
    });
    expect(await readSession(context, { ...address, sessionId: randomUUID() }, titleCaller())).toEqual({
      kind: 'not-found',
    });
  });
});

describe('an idempotency key', () => {
  const wanted = (): Wanted & { readonly idempotencyKey: string } => ({
    creator: 'ada',
    displayName: 'cards',
    customData: Uint8Array.of(1),
    idempotencyKey: randomUUID(),
  });

  test('makes a retry return the first session, with the time of the first try', async () => {
    const asked = wanted();
    const first = await created(asked);
    expect(first.sessionId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(await created(asked, someTime + 5_000)).toEqual(first);
  });

  test('makes a retry return the session as it is by now', async () => {
    const asked = wanted();
    const session = await RosterUnderTest.open(table, asked);
    await session.join('ada', 'bob');
    await session.remove('ada');
    await session.change({ displayName: 'chess', isClosed: true });
    const again = await created(asked);
    expect(again).toEqual(await session.read());
    expect(rosterOf(again)).toEqual(['(ada)', 'bob']);
  });

  test.each<[what: string, other: Wanted]>([
    ['title', { titleId: someTitle + 1 }],
    ['creator', { creator: 'bob' }],
    ['key', { idempotencyKey: 'another' }],
  ])('of another %s makes another session', async (_, other) => {
    const asked = wanted();
    const first = await created(asked);
    expect((await created({ ...asked, ...other })).sessionId).not.toBe(first.sessionId);
  });

  test('of a title is not that of a player', async () => {
    const { creator: _, ...asked } = wanted();
    const byTitle = await created(asked);
    expect((await created({ ...asked, creator: 'ada' })).sessionId).not.toBe(byTitle.sessionId);
    expect((await created(asked)).sessionId).toBe(byTitle.sessionId);
  });

  test.each<[what: string, other: Wanted]>([
    ['number of players', { maxPlayers: 5 }],
    ['removal rule', { playersCanBeRemovedBy: 'NoOne' }],
    ['variant', { variant: 1 }],
    ['display name', { displayName: 'chess' }],
    ['custom data', { customData: Uint8Array.of(2) }],
    ['empty custom data', { customData: new Uint8Array() }],
    ['lack of custom data', { customData: undefined }],
    ['visibility', { visibility: 'Everyone' }],
    ['closed door', { isClosed: true }],
  ])('with another %s is told that it differs, and changes nothing', async (_, other) => {
    const asked = wanted();
    const first = await created(asked);
    expect(await create(table, { ...asked, ...other })).toEqual({ kind: 'differs' });
    expect(await created(asked)).toEqual(first);
  });

  test('without any, each creation is another session', async () => {
    expect((await created({})).sessionId).not.toBe((await created({})).sessionId);
  });

  test('that comes 10 times at once makes one session', async () => {
    const asked = wanted();
    const sessions = await Promise.all(Array.from({ length: 10 }, () => created(asked)));
    expect(new Set(sessions.map(({ sessionId }) => sessionId)).size).toBe(1);
  });
});
