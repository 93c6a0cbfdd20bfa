import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { reservationTime } from '#lib/sessions/reserve.ts';
import { openTable, sendUpdate, type Table } from '#lib/table/client.ts';
import { sessionItemKey } from '#lib/table/keys.ts';
import { takeSeats } from '#lib/table/seat-requests.ts';
import { acceptedSeat } from '#lib/table/session-item.ts';
import { denyPlayers } from '#test/support/contents.ts';
import { localDynamoDb, newTable } from '#test/support/table.ts';
import { InterleavedWire } from './interleaved-wire.ts';
import { again, request, SessionUnderTest, tokensOf } from './session-under-test.ts';

let table: Table;
beforeAll(async () => {
  ({ table } = await newTable());
});

let session: SessionUnderTest;
/** The seat of a player who has just reserved it. */
let ada: string;
const joining = request('ada');
beforeEach(async () => {
  session = await SessionUnderTest.open(table, 3);
  await session.reserve(joining);
  [ada = ''] = tokensOf(joining);
});

type Situation = readonly [when: string, situation: () => unknown, kind: string];

const nobody = '0'.repeat(11);
const lapse = () => session.clock.turn(reservationTime);

describe('accepting a player', () => {
  test.each<Situation>([
    ['who has reserved', () => undefined, 'accepted'],
    ['at the last moment', () => session.clock.turn(reservationTime - 1), 'accepted'],
    ['who is in', () => session.accept(ada), 'accepted-before'],
    ['at the deadline', lapse, 'lapsed'],
    ['whose slot has been taken by others', async () => [lapse(), await session.fill()], 'not-held'],
    ['who has left', () => session.release(ada), 'not-held'],
    ['of a session that has ended', () => session.end(), 'ended'],
    ['of a session that does not exist', () => (session = new SessionUnderTest(table, 3)), 'not-found'],
  ])('%s', async (_, situation, kind) => {
    await situation();
    expect(await session.accept(ada)).toEqual({ kind });
  });

  test('who never reserved changes nothing', async () => {
    const before = await session.ledger();
    expect(await session.accept(nobody)).toEqual({ kind: 'not-held' });
    expect(await session.ledger()).toEqual(before);
  });

  test('makes the seat one that never lapses, and notes when', async () => {
    session.clock.turn(7_000);
    await session.accept(ada);
    expect((await session.ledger()).seats).toEqual({ [ada]: acceptedSeat });
    session.clock.turn(1_000_000);
    expect(await session.findPlayer(ada)).toMatchObject({ status: 'ACTIVE', endedAt: undefined });
  });
});

describe('releasing a player', () => {
  test.each<Situation>([
    ['who has reserved', () => undefined, 'released'],
    ['who is in', () => session.accept(ada), 'released'],
    ['who has left', () => session.release(ada), 'not-held'],
    ['at the deadline of the reservation', lapse, 'not-held'],
    ['whose slot has been taken by others', async () => [lapse(), await session.fill()], 'not-held'],
    ['of a session that has ended', () => session.end(), 'ended'],
    ['of a session that does not exist', () => (session = new SessionUnderTest(table, 3)), 'not-found'],
  ])('%s', async (_, situation, kind) => {
    await situation();
    expect(await session.release(ada)).toEqual({ kind });
  });

  test('opens the slot at once, and notes when the player left', async () => {
    await session.accept(ada);
    session.clock.turn(7_000);
    await session.release(ada);
    expect(await session.ledger()).toMatchObject({ open: 3, seats: {} });
    expect(await session.findPlayer(ada)).toMatchObject({
      status: 'COMPLETED',
      endedAt: session.clock.now(),
    });
  });

  test('however many do so at once, frees the slot once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => session.release(ada)));
    expect(outcomes.filter(({ kind }) => kind === 'released')).toHaveLength(1);
    expect(await session.ledger()).toMatchObject({ open: 3, seats: {} });
  });

  test('while the player arrives, frees the slot or leaves the player in, and the ledger accounts for both', async () => {
    for (let round = 0; round < 10; round++) {
      const joined = request(`player ${round}`);
      await session.reserve(joined);
      const [token = ''] = tokensOf(joined);
      const [accepted, released] = await Promise.all([session.accept(token), session.release(token)]);
      expect(accepted.kind).toBeOneOf(['accepted', 'not-held']);
      expect(released).toEqual({ kind: 'released' });
      expect(await session.ledger()).toMatchObject({ open: 2, seats: { [ada]: expect.any(Number) } });
    }
  });
});

describe('reserving', () => {
  test('a second time, by the same request, finds the seat and changes nothing', async () => {
    const before = await session.ledger();
    expect(await session.reserve(again(joining))).toMatchObject({
      kind: 'reserved',
      players: [{ token: ada, status: 'RESERVED', createdAt: session.clock.now() }],
    });
    expect(await session.ledger()).toEqual(before);
  });

  test('a second time, once the player is in, does not make a reservation of it', async () => {
    await session.accept(ada);
    expect(await session.reserve(again(joining))).toMatchObject({
      kind: 'reserved',
      players: [{ token: ada, status: 'ACTIVE' }],
    });
    expect((await session.ledger()).seats).toEqual({ [ada]: acceptedSeat });
  });

  test('a second time, once the player is gone, holds no slot', async () => {
    await session.accept(ada);
    await session.release(ada);
    expect(await session.reserve(again(joining))).toMatchObject({
      kind: 'reserved',
      players: [{ token: ada, status: 'COMPLETED' }],
    });
    expect(await session.ledger()).toMatchObject({ open: 3, seats: {} });
  });

  test('a second time for a party, one of which leaves meanwhile, does not take the others in without that one', async () => {
    const party = request('bob', 'cy');
    await session.reserve(party);
    const [bob = '', cy = ''] = tokensOf(party);
    await session.release(bob);
    const { seats } = await session.ledger();
    const keep = [{ token: cy, value: seats[cy] ?? 0 }];
    const lease = { from: session.clock.now(), usualTime: reservationTime };
    const comeBack = { take: [bob], fromOpen: 1, reclaim: [], renew: [], keep };
    await session.release(cy);
    expect(await sendUpdate(table, takeSeats(session.sessionKey, comeBack, lease))).toMatchObject({
      kind: 'refused',
    });
    expect((await session.ledger()).open).toBe(2);
  });

  test('a second time is not answered from memory: the seat of the first try is what makes the session full', async () => {
    await session.fill();
    expect(await session.reserve(request('eve'))).toEqual({ kind: 'full', free: 0 });
    expect(await session.reserve(again(joining))).toMatchObject({
      kind: 'reserved',
      players: [{ token: ada, status: 'RESERVED' }],
    });
  });

  test('when newcomers are denied is refused as such, and not as full', async () => {
    await session.fill();
    session.clock.turn(250);
    await denyPlayers(table, session.sessionKey);
    expect(await session.reserve(request('eve'))).toEqual({ kind: 'denied' });
  });

  test('for a party that does not fit changes nothing, and a smaller party still fits', async () => {
    const before = await session.ledger();
    expect(await session.reserve(request('a', 'b', 'c'))).toEqual({ kind: 'full', free: 2 });
    expect(await session.ledger()).toEqual(before);
    expect(await session.reserve(request('a', 'b'))).toMatchObject({ kind: 'reserved' });
  });

  test('for a party of 25 takes the slots of 25 who never came, and renews them for a retry that late', async () => {
    const large = await SessionUnderTest.open(table, 25);
    const party = (name: string) => request(...Array.from({ length: 25 }, (_, i) => `${name} ${i}`));
    const [absent, next] = [party('absent'), party('next')];
    for (const asked of [absent, next, again(next), again(absent)]) {
      expect(await large.reserve(asked)).toMatchObject({ kind: 'reserved' });
      large.clock.turn(reservationTime);
    }
    expect(Object.keys((await large.ledger()).seats).toSorted()).toEqual(tokensOf(absent).toSorted());
  });

  test('gives up after 20 tries against others who are always first, and does not call that full', async () => {
    const wire = new InterleavedWire();
    const waiting = openTable(table.name, {
      ...localDynamoDb(inject('dynamoDbEndpoint')),
      requestHandler: wire,
    });
    const contended = await SessionUnderTest.open(waiting, 1);
    const first = request('first');
    await contended.reserve(first);
    contended.clock.turn(reservationTime);

    let outcome: unknown;
    wire.start(
      () => contended.reserve(request('unlucky')),
      (reached) => {
        outcome = reached;
      },
    );
    let tries = 0;
    for (await wire.settle(); wire.waitingRequests > 0; await wire.settle()) {
      tries++;
      await moveDeadline(contended.sessionKey, tokensOf(first)[0] ?? '');
      await wire.meetFate(0, 'answered');
    }
    expect({ outcome, tries }).toEqual({ outcome: { kind: 'contended' }, tries: 20 });
    waiting.client.destroy();
  });
});

/** What somebody else does who renews a seat and lets it lapse again. */
async function moveDeadline(sessionKey: string, token: string): Promise<void> {
  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: sessionItemKey(sessionKey),
      UpdateExpression: 'SET s.#token = s.#token - :one',
      ExpressionAttributeNames: { '#token': token },
      ExpressionAttributeValues: { ':one': 1 },
    }),
  );
}
