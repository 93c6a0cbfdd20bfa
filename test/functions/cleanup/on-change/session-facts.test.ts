import { beforeAll, describe, expect, test } from 'vitest';
import { SessionFacts } from '#functions/cleanup/on-change/session-facts.ts';
import { rosterKeyOf } from '#lib/rosters/ids.ts';
import type { Table } from '#lib/table/client.ts';
import type { StoredRoster } from '#lib/table/rostered-item.ts';
import { RosterUnderTest } from '#test/lib/rosters/roster-under-test.ts';
import { SessionUnderTest } from '#test/lib/sessions/session-under-test.ts';
import type { DynamoDbWire } from '#test/support/dynamodb-wire.ts';
import { newTable } from '#test/support/table.ts';

let table: Table;
let wire: DynamoDbWire;
beforeAll(async () => {
  ({ table, wire } = await newTable());
});

describe('what is remembered of sessions', () => {
  /** Lets so many sessions with a roster come by that are like one. */
  function letComeBy(facts: SessionFacts, count: number, like: StoredRoster): void {
    for (let i = 0; i < count; i++) facts.sawRoster(`session ${i}`, like);
  }

  test('is what 10,000 are called, and the one that came first is the first to be forgotten', async () => {
    const session = await RosterUnderTest.open(table);
    const { sessionId, titleId } = session.address;
    const stored = await session.stored();
    const { createdAt } = stored.ledger;
    const ours = () => facts.ofRoster(rosterKeyOf(sessionId), createdAt);

    const facts = new SessionFacts(table);
    facts.sawRoster(rosterKeyOf(sessionId), stored);
    letComeBy(facts, 9_999, stored);
    wire.count();
    expect(await ours()).toEqual({ sessionId, titleId });
    expect(wire.count()).toEqual({});

    facts.sawRoster('one more', stored);
    expect(await ours()).toEqual({ sessionId, titleId });
    expect(wire.count(), 'it was forgotten').toEqual({ GetItem: 1 });
    expect(await facts.ofRoster('session 1', createdAt)).toEqual({ sessionId, titleId });
    expect(await facts.ofRoster('session 0', createdAt), 'forgotten for it').toBeUndefined();
  });

  test('is not taken from those of the other kind', async () => {
    const session = await SessionUnderTest.open(table, 1);
    const facts = new SessionFacts(table);
    const { createdAt } = await session.ledger();
    await facts.ofGameSession(session.sessionKey, createdAt);
    letComeBy(facts, 10_000, await (await RosterUnderTest.open(table)).stored());
    wire.count();
    expect(await facts.ofGameSession(session.sessionKey, createdAt)).toBeDefined();
    expect(wire.count()).toEqual({});
  });

  test('is not told of another session that has got the name', async () => {
    const session = await RosterUnderTest.open(table);
    const facts = new SessionFacts(table);
    const stored = await session.stored();
    const sessionKey = rosterKeyOf(session.address.sessionId);
    facts.sawRoster(sessionKey, stored);
    expect(await facts.ofRoster(sessionKey, stored.ledger.createdAt + 1)).toBeUndefined();
  });
});
