import { beforeAll, expect, test } from 'vitest';
import { sweepEntry } from '#lib/cleanup/sweep-entry.ts';
import { endProcess } from '#lib/servers/end-process.ts';
import { silenceTime } from '#lib/servers/server-process.ts';
import { terminateSession } from '#lib/servers/terminate-session.ts';
import { withdrawProcesses } from '#lib/servers/withdraw-processes.ts';
import { activate } from '#lib/sessions/activate.ts';
import { creationTime } from '#lib/sessions/open.ts';
import type { Table } from '#lib/table/client.ts';
import { processItemKey } from '#lib/table/keys.ts';
import { dieAfter } from '#test/lib/cleanup/mortal-process.ts';
import { newTable } from '#test/support/table.ts';
import { type Creation, FleetUnderTest } from './fleet-under-test.ts';

/** What becomes of a fleet when whoever acts on it dies between two writes: each time before another one of them. */

let table: Table;
beforeAll(async () => {
  ({ table } = await newTable());
});

/** Has the verb die before its first write, its second one, and so on, each time on a fleet of its own, until it does not. */
async function dieEverywhere(
  prepare: (fleet: FleetUnderTest) => Promise<Creation>,
  verb: (fleet: FleetUnderTest, creation: Creation, table: Table) => Promise<unknown>,
  check: (fleet: FleetUnderTest, creation: Creation, writes: number) => Promise<void>,
): Promise<number> {
  for (let writes = 0; ; writes++) {
    const fleet = await FleetUnderTest.ready(table);
    const creation = await prepare(fleet);
    const isDone = await dieAfter(writes, table, (mortal) => verb(fleet, creation, mortal));
    await check(fleet, creation, writes);
    if (isDone) return writes;
  }
}

/** A session that is placed, and that its process has made ACTIVE. */
async function hosted(fleet: FleetUnderTest): Promise<Creation> {
  const creation = fleet.newCreation();
  await fleet.create(creation);
  const { sk: processHash = '', computeName = '' } = (await fleet.process()) ?? {};
  await activate(fleet.context, creation.sessionKey, { processHash, computeName });
  return creation;
}

const sweepOf = (fleet: FleetUnderTest, within: Table) =>
  sweepEntry({ ...fleet.context, table: within, removals: 100 }, processItemKey(fleet.address));

test('a creation: the process is told of its session once, or is free again, and a retry makes it whole', async () => {
  const writes = await dieEverywhere(
    async (fleet) => fleet.newCreation(),
    (fleet, creation, mortal) => fleet.create(creation, mortal),
    async (fleet, creation) => {
      fleet.clock.turn(creationTime);
      await fleet.heartbeat();
      const session = await fleet.find(creation);
      if (session === undefined) {
        expect((await fleet.process())?.sessionKey).toBeUndefined();
        expect(await fleet.create(creation)).toMatchObject({ kind: 'opened' });
      } else {
        expect(await fleet.create(creation)).toMatchObject({ kind: 'opened', placedOn: undefined });
      }
      expect(await fleet.find(creation)).toMatchObject({ status: 'ACTIVATING' });
      expect(await fleet.process()).toMatchObject({ sessionKey: creation.sessionKey });
      await fleet.heartbeat();
      expect(fleet.told).toEqual(['CreateGameSession']);
    },
  );
  // The process, the payload, the session, and the claim to tell.
  expect(writes).toBe(4);
});

test('a creation whose caller dies right before the news is posted: the session ends in time, and its process is asked to', async () => {
  const fleet = await FleetUnderTest.ready(table);
  const creation = fleet.newCreation();
  fleet.losesPosts = true;
  await fleet.create(creation);
  fleet.losesPosts = false;

  await fleet.heartbeat();
  expect(fleet.told).toEqual([]);
  for (let minutes = 0; minutes < 5; minutes++) {
    fleet.clock.turn(60_000);
    await fleet.heartbeat();
  }
  expect(await fleet.find(creation)).toMatchObject({ status: 'TERMINATED' });
  expect(fleet.told).toEqual(['TerminateProcess']);
});

test('the end of a process: its session never outlives it', async () => {
  const writes = await dieEverywhere(
    hosted,
    (fleet, _, mortal) =>
      endProcess({ ...fleet.context, table: mortal }, fleet.address, { endsItself: true }),
    async (fleet, creation) => {
      const [session, process] = [await fleet.find(creation), await fleet.process()];
      if (process?.status === 'ENDED') expect(session).toMatchObject({ status: 'TERMINATED' });
      // The process is gone all the same: the sweep finds out.
      fleet.clock.turn(silenceTime);
      await sweepOf(fleet, table);
      expect(await fleet.find(creation)).toMatchObject({ status: 'TERMINATED', endReason: undefined });
      const over = await fleet.process();
      expect(over).toMatchObject({ status: 'ENDED' });
      expect(over?.dt).toBeUndefined();
    },
  );
  // The session, its payload's place in the search, and the process.
  expect(writes).toBe(3);
});

test('a process that is silent: whichever sweep dies, another one ends it with its session', async () => {
  await dieEverywhere(
    async (fleet) => {
      const creation = await hosted(fleet);
      fleet.clock.turn(silenceTime);
      return creation;
    },
    (fleet, _, mortal) => sweepOf(fleet, mortal),
    async (fleet, creation) => {
      await sweepOf(fleet, table);
      expect(await fleet.find(creation)).toMatchObject({ status: 'TERMINATED' });
      expect(await fleet.process()).toMatchObject({ status: 'ENDED' });
    },
  );
});

test.each([
  { isForced: false, becomes: 'TERMINATING' },
  { isForced: true, becomes: 'TERMINATED' },
])(
  'somebody asks for the end of a session (forced: $isForced): its process hears of it, once',
  async ({ isForced, becomes }) => {
    const how = { isForced, reason: 'A REASON', requestToken: 'a request' };
    await dieEverywhere(
      hosted,
      async (fleet, creation, mortal) => {
        const context = { ...fleet.context, table: mortal };
        const outcome = await terminateSession(context, creation.sessionKey, how);
        if ('toTell' in outcome) await fleet.tell(mortal);
      },
      async (fleet, creation, writes) => {
        await fleet.heartbeat();
        const isAsked = writes > 0;
        expect(await fleet.find(creation)).toMatchObject({ status: isAsked ? becomes : 'ACTIVE' });
        expect(fleet.told).toEqual(
          isAsked ? ['CreateGameSession', 'TerminateProcess'] : ['CreateGameSession'],
        );
        // The retry of the same request.
        const outcome = await terminateSession(fleet.context, creation.sessionKey, how);
        expect(outcome.kind).toBe(isForced ? 'ended' : 'ending');
        await fleet.heartbeat();
        expect(fleet.told).toEqual(['CreateGameSession', 'TerminateProcess']);
      },
    );
  },
);

test('a connection: whoever was not let in comes again, and the newest one counts', async () => {
  await dieEverywhere(
    async (fleet) => fleet.newCreation(),
    (fleet, _, mortal) => fleet.connect(mortal),
    async (fleet, creation) => {
      fleet.clock.turn(1);
      expect(await fleet.connect()).toEqual({ kind: 'connected' });
      expect(await fleet.process()).toMatchObject({ status: 'READY', connectionId: fleet.connectionId });
      await fleet.create(creation);
      expect(fleet.told).toEqual(['CreateGameSession']);
    },
  );
});

test('a compute that is taken out: its idle processes are asked to end, by this call or the next', async () => {
  await dieEverywhere(
    async (fleet) => fleet.newCreation(),
    async (fleet, _, mortal) => {
      await withdrawProcesses({ ...fleet.context, table: mortal }, fleet);
      await fleet.tell(mortal);
    },
    async (fleet, creation) => {
      await withdrawProcesses(fleet.context, fleet);
      await fleet.tell();
      expect(await fleet.create(creation)).toEqual({ kind: 'no-capacity' });
      await fleet.heartbeat();
      expect(fleet.told).toEqual(['TerminateProcess']);
    },
  );
});
