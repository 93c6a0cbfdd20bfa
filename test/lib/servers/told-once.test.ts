import { beforeAll, describe, expect, test } from 'vitest';
import { endProcess } from '#lib/servers/end-process.ts';
import { claim, owe } from '#lib/servers/owed.ts';
import { silenceTime } from '#lib/servers/server-process.ts';
import { withdrawProcesses } from '#lib/servers/withdraw-processes.ts';
import { activate } from '#lib/sessions/activate.ts';
import { RecentlyFull } from '#lib/sessions/recently-full.ts';
import { update } from '#lib/sessions/update.ts';
import type { Table } from '#lib/table/client.ts';
import { interrupted } from '#test/lib/cleanup/swept-table.ts';
import { breakableTable } from '#test/lib/sessions/broken-writes.ts';
import { newTable } from '#test/support/table.ts';
import { type Creation, FleetUnderTest } from './fleet-under-test.ts';

/** What a process is told when answers get lost, and when others act at the same moment. */

let table: Table;
beforeAll(async () => {
  ({ table } = await newTable());
});

const nextMinute = async (fleet: FleetUnderTest) => {
  fleet.clock.turn(60_000);
  await fleet.heartbeat();
};

const activated = async (fleet: FleetUnderTest, { sessionKey }: Creation) => {
  const { sk: processHash = '', computeName } = (await fleet.process()) ?? {};
  await activate(fleet.context, sessionKey, { processHash, computeName: computeName ?? '' });
};

describe('the news of its session', () => {
  test('is not told again where nobody knows whether it was posted, as long as the connection is there', async () => {
    const fleet = await FleetUnderTest.ready(table);
    fleet.posting = () => 'unknown';
    await fleet.create(fleet.newCreation());
    fleet.posting = () => 'posted';
    for (let minutes = 0; minutes < 3; minutes++) await nextMinute(fleet);
    expect(fleet.told).toEqual(['CreateGameSession']);
  });

  test('is told again where nobody knows whether it was posted, and the connection was lost', async () => {
    const fleet = await FleetUnderTest.ready(table);
    fleet.posting = () => 'unknown';
    await fleet.create(fleet.newCreation());
    fleet.posting = () => 'posted';
    await fleet.connect();
    await fleet.heartbeat();
    expect(fleet.told).toHaveLength(1);
    await nextMinute(fleet);
    expect(fleet.told).toHaveLength(2);
  });

  test('is told at the next heartbeat where the gateway has refused it', async () => {
    const fleet = await FleetUnderTest.ready(table);
    fleet.posting = () => 'refused';
    await fleet.create(fleet.newCreation());
    fleet.posting = () => 'posted';
    fleet.told.length = 0;
    await fleet.heartbeat();
    await fleet.heartbeat();
    expect(fleet.told).toEqual(['CreateGameSession']);
  });

  test('is told by one of two who claim it, also where one of them has lost an answer', async () => {
    const fleet = await FleetUnderTest.ready(table);
    const tell = fleet.tell;
    fleet.tell = async () => {};
    await fleet.create(fleet.newCreation());
    fleet.tell = tell;
    const { connectionId } = fleet;
    const slow = breakableTable(table);
    let tries = 0;
    // Its first try is lost on the way, and another caller claims before the second.
    slow.wire.breaks = () => (tries++ === 0 ? 'reset before' : undefined);
    slow.table.client.middlewareStack.add(
      (next) => async (args) => {
        if (tries === 1) await claim(table, fleet.address, 'owesStart', { connectionId, teller: 'another' });
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    const mine = { connectionId, teller: 'the slow one' };
    expect(await claim(slow.table, fleet.address, 'owesStart', mine)).toBe(false);
    expect(tries).toBe(2);
  });

  test('goes to a connection that the gateway does not have yet, once it has it', async () => {
    const fleet = await FleetUnderTest.ready(table);
    fleet.clock.turn(1);
    await fleet.connect();
    fleet.posting = () => 'gone';
    await fleet.create(fleet.newCreation());
    expect(await fleet.process()).toMatchObject({ connectionId: fleet.connectionId, owesStart: true });
    fleet.posting = () => 'posted';
    fleet.told.length = 0;
    await fleet.heartbeat();
    expect(fleet.told).toEqual(['CreateGameSession']);
  });

  test('does not go to a process that is moving to another connection', async () => {
    const fleet = await FleetUnderTest.ready(table);
    for (let minutes = 0; minutes < 91; minutes++) await nextMinute(fleet);
    expect(await fleet.process()).toHaveProperty('refreshedAt');
    expect(await fleet.create(fleet.newCreation())).toEqual({ kind: 'no-capacity' });
    fleet.clock.turn(1);
    await fleet.connect();
    expect(await fleet.create(fleet.newCreation())).toMatchObject({ kind: 'opened' });
  });
});

test('of two who update a session at once, the process hears of what the last one has made of it', async () => {
  const fleet = await FleetUnderTest.ready(table);
  const creation = fleet.newCreation();
  await fleet.create(creation);
  await activated(fleet, creation);
  const rename = async (name: string) => {
    const context = { ...fleet.context, recentlyFull: new RecentlyFull() };
    await update(context, creation.sessionKey, { name });
    await owe(table, fleet.address, 'owesUpdate');
  };
  const names: unknown[] = [];
  fleet.onPost = (text) => void names.push(Object(JSON.parse(text)).GameSession?.Name);
  await rename('first');
  // The other one comes when the first has read the process, and is about to claim.
  await fleet.tell(interrupted(table, () => rename('second')));
  await fleet.heartbeat();
  expect(names.at(-1)).toBe('second');
});

test('a process that is to end before its first heartbeat is told behind that, since before it the SDKs hear nothing', async () => {
  const { fleetId } = await FleetUnderTest.ready(table);
  const fleet = new FleetUnderTest(table, fleetId);
  await fleet.connect();
  await fleet.sayReady();
  expect(await withdrawProcesses(fleet.context, fleet)).toContainEqual(fleet.address);
  await fleet.tell();
  expect(fleet.told).toEqual([]);
  await fleet.heartbeat();
  expect(fleet.told).toEqual(['TerminateProcess']);
});

test('a heartbeat while its session is being made takes that from no process, and tells it of nothing yet', async () => {
  const fleet = await FleetUnderTest.ready(table);
  const creation = fleet.newCreation();
  const heartbeat = async () => void (await fleet.heartbeat());
  const slow = interrupted(table, heartbeat, { command: 'PutItemCommand', number: 2 });
  expect(await fleet.create(creation, slow)).toMatchObject({
    kind: 'opened',
    session: { status: 'ACTIVATING' },
  });
  expect(await fleet.process()).toMatchObject({ sessionKey: creation.sessionKey });
  expect(fleet.told).toEqual(['CreateGameSession']);
});

test('a process that ends while its session is being made has that session ended with it', async () => {
  const fleet = await FleetUnderTest.ready(table);
  const creation = fleet.newCreation();
  const endMeanwhile = () => endProcess(fleet.context, fleet.address, { endsItself: true });
  // Behind the take, when the session itself is about to be put.
  const slow = interrupted(table, endMeanwhile, { command: 'PutItemCommand', number: 2 });
  const outcome = await fleet.create(creation, slow);
  expect(await fleet.process()).toMatchObject({ status: 'ENDED' });
  expect(outcome).toMatchObject({ kind: 'opened', session: { status: 'TERMINATED' } });
  expect(await fleet.find(creation)).toMatchObject({ status: 'TERMINATED' });
  expect(fleet.told).toEqual([]);
});

test('a session that is made ACTIVE in the last moment is not ended by the look that found it late', async () => {
  const fleet = await FleetUnderTest.ready(table);
  const creation = fleet.newCreation();
  await fleet.create(creation);
  for (let minutes = 0; minutes < 4; minutes++) await nextMinute(fleet);
  const before = fleet.clock.now();
  const { sk: processHash = '', computeName = '' } = (await fleet.process()) ?? {};
  fleet.clock.turn(60_000);
  const inTime = () => activate({ table, now: before }, creation.sessionKey, { processHash, computeName });
  // Behind the heartbeat's own write, when the late session is about to be ended.
  await fleet.heartbeat(interrupted(table, inTime, { command: 'UpdateItemCommand', number: 2 }));
  expect(await fleet.find(creation)).toMatchObject({ status: 'ACTIVE' });
  await fleet.heartbeat();
  expect(fleet.told).toEqual(['CreateGameSession']);
});

test('a creator who has created too many takes no process from others', async () => {
  const fleet = await FleetUnderTest.ready(table);
  const creationRate = { sessions: 1, within: 3_600_000 };
  const create = () => fleet.create(fleet.newCreation(), table, { creationRate }, 'greedy');
  await create();
  const other = new FleetUnderTest(table, fleet.fleetId);
  await other.getReady();
  const before = await other.process();
  expect(await create()).toMatchObject({ kind: 'over-limit' });
  expect(await other.process()).toEqual(before);
});

test('among many processes that have just fallen silent, those that are there are found', async () => {
  const fleet = await FleetUnderTest.ready(table);
  await Promise.all(
    Array.from({ length: 60 }, async () => {
      const silent = new FleetUnderTest(table, fleet.fleetId);
      silent.clock.turn(-silenceTime - 60_000);
      await silent.getReady();
    }),
  );
  expect(await fleet.create(fleet.newCreation())).toMatchObject({ kind: 'opened' });
  expect(await fleet.create(fleet.newCreation())).toEqual({ kind: 'no-capacity' });
});
