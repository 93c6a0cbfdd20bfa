import { beforeAll, describe, expect, test } from 'vitest';
import { removePlayer } from '#lib/rosters/remove-player.ts';
import type { Table } from '#lib/table/client.ts';
import { type RemovalRule, removalRules } from '#lib/table/rostered-item.ts';
import { newTable } from '#test/support/table.ts';
import {
  playerCaller,
  RosterUnderTest,
  rosterOf,
  someTitle,
  titleCaller,
  xuidOf,
} from './roster-under-test.ts';

let table: Table;
beforeAll(async () => {
  ({ table } = await newTable());
});

/** With ada and bob in, zoe who has left, eve invited, and max who created it without coming in. */
async function opened(playersCanBeRemovedBy: RemovalRule): Promise<RosterUnderTest> {
  const session = await RosterUnderTest.open(table, { playersCanBeRemovedBy, creator: 'max' });
  await session.join('ada', 'bob', 'zoe');
  await session.remove('zoe');
  await session.hold(['eve']);
  return session;
}

/** Who may remove whom, by each rule. */
const callers = ['the title', 'ada', 'zoe', 'eve', 'max', 'a stranger'] as const;
type Who = (typeof callers)[number];
const callerOf = (who: Who) => (who === 'the title' ? titleCaller() : playerCaller(who));

const mayRemove: Readonly<Record<RemovalRule, (caller: Who, removed: string) => boolean>> = {
  NoOne: (caller) => caller === 'the title',
  Self: (caller, removed) => caller === 'the title' || caller === removed,
  AnyPlayer: (caller, removed) => caller === 'the title' || caller === removed || caller === 'ada',
};

/** Ada comes last: by the time she is out she could not remove the others any more. */
const removed = ['bob', 'zoe', 'eve', 'max', 'a stranger', 'ada'] as const;
const holdsSeat: readonly string[] = ['ada', 'bob', 'eve'];

describe.each(removalRules)('where players can be removed by %s', (rule) => {
  test.each(callers)('%s removes whom the rule lets him remove, and nobody else', async (caller) => {
    const session = await opened(rule);
    for (const name of removed) {
      const before = await session.read();
      const outcome = await session.remove(name, callerOf(caller));
      const after = await session.read();
      if (!mayRemove[rule](caller, name)) {
        // Ada is in, and max has created it. Whoever may not see the session does not learn whom it lets remove players.
        const reason = ['ada', 'max'].includes(caller) ? /removed/ : /^The session does not allow it\.$/;
        expect(outcome).toEqual({ kind: 'not-allowed', reason: expect.stringMatching(reason) });
        expect(after).toEqual(before);
        continue;
      }
      expect(outcome).toEqual({ kind: 'removed' });
      const freed = holdsSeat.includes(name) ? 1 : 0;
      expect(after.seatsAvailable).toBe(before.seatsAvailable + freed);
      expect(rosterOf(after)).toEqual(
        rosterOf(before).map((shown) => (shown === name ? `(${name})` : shown)),
      );
      // Once more does no harm.
      expect(await session.remove(name, callerOf(caller))).toEqual({ kind: 'removed' });
      expect(await session.read()).toEqual(after);
    }
  });
});

describe('a removal', () => {
  test('of one who has left lets him remove nobody any more, and of one who comes back lets him again', async () => {
    const session = await opened('AnyPlayer');
    await session.remove('ada', playerCaller('bob'));
    expect(await session.remove('bob', playerCaller('ada'))).toMatchObject({ kind: 'not-allowed' });
    await session.join('ada');
    expect(await session.remove('bob', playerCaller('ada'))).toEqual({ kind: 'removed' });
    expect(rosterOf(await session.read())).toEqual(['ada', '(bob)', '(zoe)']);
  });

  test('gives back a seat that is held, once: one that has lapsed is free already', async () => {
    const session = await opened('Self');
    session.clock.turn(60_000);
    const before = await session.read();
    expect(await session.remove('eve')).toEqual({ kind: 'removed' });
    expect(await session.read()).toEqual(before);
    expect(before.seatsAvailable).toBe(2);
  });

  test('from a session that has ended is refused, where it would be allowed', async () => {
    const session = await opened('Self');
    await session.change({ hasEnded: true });
    const ended = { kind: 'ended', session: await session.read() };
    expect(await session.remove('ada')).toEqual(ended);
    expect(await session.remove('ada', playerCaller('ada'))).toEqual(ended);
    expect(await session.remove('nobody')).toEqual(ended);
    expect(await session.remove('ada', playerCaller('bob'))).toMatchObject({ kind: 'not-allowed' });
  });

  test('from another title is refused as if there were no session', async () => {
    const session = await opened('AnyPlayer');
    const other = someTitle + 1;
    const context = { table, now: session.clock.now() };
    const address = { ...session.address, titleId: other };
    for (const caller of [titleCaller(other), playerCaller('ada', other)]) {
      expect(await removePlayer(context, address, caller, xuidOf('ada'))).toEqual({ kind: 'not-found' });
    }
  });
});
