import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sweepPayload } from '#lib/cleanup/sweep-payload.ts';
import { type ActivateOutcome, activate } from '#lib/sessions/activate.ts';
import { end } from '#lib/sessions/end.ts';
import { listGameSessions } from '#lib/sessions/list.ts';
import { RecentSearches } from '#lib/sessions/recent-searches.ts';
import { usualRetention } from '#lib/sessions/retention.ts';
import { searchSessions } from '#lib/sessions/search.ts';
import { countUtilization } from '#lib/sessions/utilization.ts';
import { sendUpdate, type Table } from '#lib/table/client.ts';
import { sessionItemKey } from '#lib/table/keys.ts';
import { getItem } from '#lib/table/reads.ts';
import type { Host, SessionStatus } from '#lib/table/session-item.ts';
import { activateSession, beginEnd } from '#lib/table/session-requests.ts';
import { interleavedTable } from './interleaved-table.ts';
import type { InterleavedWire } from './interleaved-wire.ts';
import { request, SessionUnderTest, tokensOf } from './session-under-test.ts';

/** A session that a server process hosts takes players once that process has made it ready, and has so long for that. */

const activationTime = 300_000;
const host: Host = {
  processHash: 'aaaaaaaaaaa',
  computeName: 'rack-1',
  port: 7_777,
  ipAddress: '10.0.0.1',
  dnsName: undefined,
};

let table: Table;
let wire: InterleavedWire;
beforeAll(async () => {
  ({ table, wire } = await interleavedTable());
});

let session: SessionUnderTest;
beforeEach(async () => {
  session = await SessionUnderTest.open(table, 3, { activationTime, host });
});

const activateBy = (process: Pick<Host, 'processHash' | 'computeName'> = host): Promise<ActivateOutcome> =>
  activate({ table, now: session.clock.now() }, session.sessionKey, process);

async function beginToEnd(): Promise<void> {
  const { createdAt } = await session.ledger();
  const ending = {
    sessionKey: session.sessionKey,
    createdAt,
    endedBy: 'x',
    reason: 'TRIGGERED_ON_PROCESS_TERMINATE',
  };
  const write = await sendUpdate(table, beginEnd({ ...ending, now: session.clock.now() }));
  expect(write.kind).toBe('written');
}

const sweepNow = () =>
  sweepPayload(
    { table, now: session.clock.now(), retention: usualRetention, removals: 0 },
    session.sessionKey,
  );

describe('a session that its server process activates', () => {
  test('is ACTIVE, takes players, and tells them where it is', async () => {
    expect(await session.reserve(request('ada'))).toEqual({ kind: 'not-active', status: 'ACTIVATING' });
    session.clock.turn(activationTime - 1);
    const before = await session.ledger();
    expect(await activateBy()).toMatchObject({ kind: 'active', session: { status: 'ACTIVE', host } });
    const after = await session.ledger();
    expect(after).toEqual({
      ...before,
      status: 'ACTIVE',
      version: before.version + 1,
      touchedAt: session.clock.now(),
    });
    expect(await session.find()).toMatchObject({ status: 'ACTIVE', endedAt: undefined, host });
    expect(await session.reserve(request('ada'))).toMatchObject({ kind: 'reserved', players: [{ host }] });
    const item = await getItem(table, sessionItemKey(session.sessionKey));
    expect(item?.['fs']).toBe(`ACTIVE#${before.createdAt}`);
  });

  test('once more stays as it is, also long after', async () => {
    await activateBy();
    await session.reserve(request('ada'));
    const before = await session.ledger();
    session.clock.turn(10 * activationTime);
    expect(await activateBy()).toMatchObject({ kind: 'active', session: { status: 'ACTIVE' } });
    expect(await session.ledger()).toEqual(before);
  });

  test('by a write whose answer is lost is ACTIVE', async () => {
    let outcome: ActivateOutcome | 'failed' | undefined;
    wire.start(
      () => activateBy(),
      (reached) => {
        outcome = reached;
      },
    );
    await wire.settle();
    await wire.meetFate(0, 'answered');
    await wire.settle();
    await wire.meetFate(0, 'answer lost');
    for (await wire.settle(); wire.waitingRequests > 0; await wire.settle())
      await wire.meetFate(0, 'answered');
    expect(outcome).toMatchObject({ kind: 'active' });
    expect(await session.ledger()).toMatchObject({ status: 'ACTIVE', version: 1 });
  });

  test('ten times at once is activated once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => activateBy()));
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['active']));
    expect(await session.ledger()).toMatchObject({ status: 'ACTIVE', version: 1 });
  });

  test.each<[what: string, other: Pick<Host, 'processHash' | 'computeName'>]>([
    ['another process', { ...host, processHash: 'aaaaaaaaaab' }],
    ['a process of that name on another compute', { ...host, computeName: 'rack-10' }],
    ['a process whose compute has the beginning of that name', { ...host, computeName: 'rack-' }],
  ])('is not %s’s to activate', async (_, other) => {
    const before = await session.ledger();
    expect(await activateBy(other)).toEqual({ kind: 'not-found' });
    expect(await session.ledger()).toEqual(before);
  });

  test('is left alone by the write of a process that has seen another one in its place', async () => {
    const { createdAt } = await session.ledger();
    const now = session.clock.now();
    const others = [
      { createdAt, host: { ...host, processHash: 'aaaaaaaaaab' }, now },
      { createdAt: createdAt - 1, host, now },
    ];
    for (const other of others) {
      expect(await sendUpdate(table, activateSession(session.sessionKey, other))).toMatchObject({
        kind: 'refused',
      });
    }
    expect(await session.ledger()).toMatchObject({ status: 'ACTIVATING', version: 0 });
  });

  test('has to be there, and to be hosted', async () => {
    const lobby = await SessionUnderTest.open(table, 3);
    const context = { table, now: session.clock.now() };
    expect(await activate(context, lobby.sessionKey, host)).toEqual({ kind: 'not-found' });
    expect(await activate(context, 'nowhere', host)).toEqual({ kind: 'not-found' });
  });

  test('is activated too late once it has ended, or somebody has asked for its end', async () => {
    await beginToEnd();
    expect(await activateBy()).toEqual({ kind: 'too-late' });
    expect(await session.ledger()).toMatchObject({ status: 'TERMINATING', version: 1 });
    await session.end();
    expect(await activateBy()).toEqual({ kind: 'too-late' });
    expect(await session.ledger()).toMatchObject({ status: 'TERMINATED', version: 2 });
  });

  test.each<[what: string, act: () => Promise<unknown>, status: SessionStatus]>([
    ['somebody asks for its end', beginToEnd, 'TERMINATING'],
    ['it is ended', () => session.end(), 'TERMINATED'],
  ])('is activated too late where %s in the very moment', async (_, act, status) => {
    let outcome: unknown;
    wire.start(
      () => activateBy(),
      (reached) => {
        outcome = reached;
      },
    );
    await wire.settle();
    await wire.meetFate(0, 'answered');
    await wire.settle();
    // It has read the session, and is about to write it.
    await act();
    await wire.meetFate(0, 'answered');
    await wire.settle();
    expect(outcome).toEqual({ kind: 'too-late' });
    expect(await session.ledger()).toMatchObject({ status });
  });
});

describe('a session that ends with its server process', () => {
  const endWith = (process: Pick<Host, 'processHash' | 'computeName'>) =>
    end({ table, now: session.clock.now(), retention: usualRetention }, session.sessionKey, {
      reason: undefined,
      requestToken: 'process',
      with: process,
    });

  test('does so at once, with no reason, and with no other process', async () => {
    expect(await endWith({ ...host, processHash: 'aaaaaaaaaab' })).toEqual({ kind: 'not-found' });
    expect(await session.ledger()).toMatchObject({ status: 'ACTIVATING', version: 0 });
    expect(await endWith(host)).toMatchObject({ kind: 'ended', session: { status: 'TERMINATED' } });
    expect(await endWith(host)).toMatchObject({ kind: 'ended' });
    expect(await session.ledger()).toMatchObject({ endReason: undefined, endedBy: 'process', version: 1 });
  });

  test('keeps the reason and the name of whoever has asked for its end, who is told that it has ended', async () => {
    await activateBy();
    await beginToEnd();
    expect(await endWith(host)).toMatchObject({ kind: 'ended' });
    expect(await session.ledger()).toMatchObject({
      endReason: 'TRIGGERED_ON_PROCESS_TERMINATE',
      endedBy: 'x',
      version: 3,
    });
    expect(await session.end('x')).toMatchObject({ kind: 'ended' });
    expect(await session.end('another')).toEqual({ kind: 'ended-before' });
  });

  test('once somebody has asked for its end, lets nobody in, and out whoever wants', async () => {
    await activateBy();
    const [ada, bob] = [request('ada'), request('bob')];
    const [adasSeat = '', bobsSeat = ''] = [...tokensOf(ada), ...tokensOf(bob)];
    await session.reserve(ada);
    await session.reserve(bob);
    await session.accept(adasSeat);
    await beginToEnd();
    expect(await session.reserve(request('eve'))).toEqual({ kind: 'not-active', status: 'TERMINATING' });
    expect(await session.accept(bobsSeat)).toEqual({ kind: 'not-active', status: 'TERMINATING' });
    expect(await session.findPlayer(adasSeat)).toMatchObject({ status: 'ACTIVE' });
    expect(await session.release(adasSeat)).toEqual({ kind: 'released' });
    expect(await session.release(bobsSeat)).toEqual({ kind: 'released' });
    expect(await session.find()).toMatchObject({ status: 'TERMINATING', heldSlots: 0, endedAt: undefined });
  });
});

describe('a session whose server process does not activate it in time', () => {
  const listed = async (status?: SessionStatus) => {
    const wanted = { fleetId: session.reference.split('/')[0] ?? '', location: undefined, status };
    const { items } = await listGameSessions({ table, now: session.clock.now() }, wanted, 1_000, undefined);
    return items.find(({ sessionKey }) => sessionKey === session.sessionKey);
  };
  const isSearched = async () => {
    const fleetId = session.reference.split('/')[0] ?? '';
    const search = { fleetId, location: undefined, filter: undefined, gameSessionId: () => '' };
    const context = { table, now: session.clock.now(), random: () => 0 };
    const { items } = await searchSessions(context, search, 1_000, undefined);
    return items.some(({ sessionKey }) => sessionKey === session.sessionKey);
  };

  test('is ACTIVATING until then, in the list and in no search', async () => {
    session.clock.turn(activationTime - 1);
    expect(await session.find()).toMatchObject({ status: 'ACTIVATING', endedAt: undefined });
    expect(await listed()).toMatchObject({ status: 'ACTIVATING' });
    expect(await listed('ACTIVATING')).toMatchObject({ status: 'ACTIVATING' });
    expect(await isSearched()).toBe(false);
  });

  test('reads as TERMINATED from then on, by the clock, and the sweep writes down the same time', async () => {
    const endedAt = session.clock.now() + activationTime;
    session.clock.turn(activationTime);
    const late = await session.find();
    expect(late).toMatchObject({ status: 'TERMINATED', endedAt, endReason: undefined, heldSlots: 0 });
    expect(await listed()).toEqual(late);
    expect(await listed('ACTIVATING')).toBeUndefined();
    expect(await isSearched()).toBe(false);
    expect(await session.ledger()).toMatchObject({ status: 'ACTIVATING', version: 0 });

    session.clock.turn(40_000);
    expect(await session.find()).toEqual(late);
    expect(await sweepNow()).toMatchObject({ sessionsEnded: 1 });
    expect(await session.find()).toEqual(late);
    expect(await listed('TERMINATED')).toEqual(late);
    expect(await session.ledger()).toMatchObject({
      status: 'TERMINATED',
      version: 1,
      endedAt,
      touchedAt: endedAt,
    });
  });

  test('is activated too late, swept or not, also by a clock that is behind', async () => {
    const inTime = session.clock.now();
    session.clock.turn(activationTime);
    expect(await activateBy()).toEqual({ kind: 'too-late' });
    expect(await session.reserve(request('ada'))).toEqual({ kind: 'not-active', status: 'ACTIVATING' });
    await sweepNow();
    expect(await activateBy()).toEqual({ kind: 'too-late' });
    expect(await activate({ table, now: inTime }, session.sessionKey, host)).toEqual({ kind: 'too-late' });
    expect(await session.ledger()).toMatchObject({ status: 'TERMINATED', version: 1 });
  });

  test('is left alone by the sweep if it is activated in the very moment', async () => {
    const inTime = session.clock.now();
    session.clock.turn(activationTime);
    let swept: unknown;
    wire.start(sweepNow, (reached) => {
      swept = reached;
    });
    await wire.settle();
    await wire.meetFate(0, 'answered');
    await wire.settle();
    // It has read the session, and is about to end it.
    expect(await activate({ table, now: inTime }, session.sessionKey, host)).toMatchObject({
      kind: 'active',
    });
    for (; wire.waitingRequests > 0; await wire.settle()) await wire.meetFate(0, 'answered');
    expect(swept).toMatchObject({ sessionsEnded: 0 });
    expect(await session.find()).toMatchObject({ status: 'ACTIVE' });
  });

  test('counts as none of its fleet’s sessions that players are in', async () => {
    const [fleetId = '', location = ''] = session.reference.split('/');
    const count = () => {
      const now = session.clock.now();
      const recentSearches = new RecentSearches(() => now);
      return countUtilization({ table, now, recentSearches }, { fleetId, location });
    };
    const others = await count();
    const active = await SessionUnderTest.open(table, 3, { activationTime, host });
    expect(await count()).toEqual(others);
    await activate({ table, now: active.clock.now() }, active.sessionKey, host);
    expect(await count()).not.toEqual(others);
  });
});
