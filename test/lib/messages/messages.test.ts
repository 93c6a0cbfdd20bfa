import { randomBytes, randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { maximumMessageBytes } from '#lib/messages/limits.ts';
import { post } from '#lib/messages/post.ts';
import { rosterKeyOf } from '#lib/rosters/ids.ts';
import { usualRetention } from '#lib/sessions/retention.ts';
import { sendDelete, type Table } from '#lib/table/client.ts';
import { sessionItemKey } from '#lib/table/keys.ts';
import { create, someTime, someTitle, xuidOf } from '#test/lib/rosters/roster-under-test.ts';
import { newTable } from '#test/support/table.ts';
import { QueueUnderTest } from './queue-under-test.ts';

let table: Table;
beforeAll(async () => {
  ({ table } = await newTable());
});

let queue: QueueUnderTest;
beforeEach(async () => {
  queue = await QueueUnderTest.open(table, ['ada', 'bob']);
});

const otherTitle = () => ({ ...queue.session.address, titleId: someTitle + 1 });
const noSession = () => ({ titleId: someTitle, sessionId: randomUUID() });

describe('a message', () => {
  test('is answered as readers get it', async () => {
    const data = randomBytes(maximumMessageBytes);
    const posted = await post(
      { table, clock: queue.clock.now, requestId: randomUUID() },
      queue.session.address,
      { queueIndex: 3, sender: xuidOf('ada'), data, mustFollow: undefined },
    );
    const message = { queueIndex: 3, number: 1, sender: xuidOf('ada'), at: someTime };
    if (posted.kind !== 'posted') throw new Error(posted.kind);
    expect(posted.message).toMatchObject(message);
    const [read] = await new QueueUnderTest(queue.session, 3).messages();
    expect(read).toMatchObject(message);
    for (const { data: bytes } of [posted.message, read ?? { data: undefined }]) {
      expect(Buffer.compare(bytes ?? Buffer.of(), data)).toBe(0);
    }
  });

  test('may be empty', async () => {
    await queue.post('ada', '');
    expect(await queue.shown()).toEqual(['1 ']);
  });

  test('gets the next number of its own queue', async () => {
    const queues = [0, 1, 2, 3].map((index) => new QueueUnderTest(queue.session, index));
    for (const each of queues) {
      expect(await each.post('ada', 'a')).toMatchObject({ message: { number: 1 } });
      expect(await each.post('bob', 'b')).toMatchObject({ message: { number: 2 } });
    }
    for (const each of queues) expect(await each.shown()).toEqual(['1 a', '2 b']);
  });

  test('leaves the ETag of the session and the count of its changes as they are', async () => {
    const before = await queue.session.stored();
    const { etag } = await queue.session.read();
    await queue.post('ada', 'a');
    await queue.drop(1);
    expect((await queue.session.stored()).ledger.version).toBe(before.ledger.version);
    expect((await queue.session.read()).etag).toBe(etag);
  });

  test.each(['eve', 'lou', 'ida'])('is not taken from %s, who is not in the session', async (player) => {
    await queue.session.join('lou');
    await queue.session.remove('lou');
    await queue.session.hold(['ida']);
    expect(await queue.post(player, 'a')).toMatchObject({ kind: 'not-allowed' });
    expect(await queue.entries()).toEqual([]);
    expect(await queue.post('ada', 'a')).toMatchObject({ message: { number: 1 } });
  });

  test('is not taken once the session has ended, whatever it must follow', async () => {
    await queue.post('ada', 'a');
    await queue.session.change({ hasEnded: true });
    const refused = { kind: 'ended', session: { hasEnded: true } };
    expect(await queue.post('ada', 'b')).toMatchObject(refused);
    expect(await queue.post('ada', 'b', 0)).toMatchObject(refused);
    expect(await queue.shown()).toEqual(['1 a']);
  });

  test('is for no session that is not there, or is another title’s', async () => {
    expect(await queue.post('ada', 'a', undefined, noSession())).toEqual({ kind: 'not-found' });
    expect(await queue.post('ada', 'a', undefined, otherTitle())).toEqual({ kind: 'not-found' });
    expect(await queue.entries()).toEqual([]);
  });
});

describe('a message that must follow another', () => {
  test('is taken where nothing came in between, and else refused with the session', async () => {
    expect(await queue.post('ada', 'a', 0)).toMatchObject({ message: { number: 1 } });
    expect(await queue.post('bob', 'b', 1)).toMatchObject({ message: { number: 2 } });
    expect(await queue.post('ada', 'c', 1)).toEqual({
      kind: 'other-first',
      session: await queue.session.read(),
    });
    expect(await queue.post('ada', 'c', 0)).toMatchObject({ kind: 'other-first' });
    expect(await queue.shown()).toEqual(['1 a', '2 b']);
  });

  test('is told how far the queue is where it must follow what nobody has posted', async () => {
    await queue.post('ada', 'a');
    expect(await queue.post('ada', 'b', 2)).toEqual({ kind: 'not-given-yet', last: 1 });
  });

  test('is not stopped by messages that were dropped, which its sender cannot get to see', async () => {
    for (const text of ['a', 'b', 'c']) await queue.post('bob', text);
    await queue.drop(2);
    expect(await queue.post('ada', 'd', 1)).toMatchObject({ kind: 'other-first' });
    await queue.drop(3);
    expect(await queue.post('ada', 'd', 1)).toMatchObject({ message: { number: 4 } });
  });
});

describe('a reader', () => {
  test('goes on from a number, as far as was asked for', async () => {
    for (const text of ['a', 'b', 'c', 'd', 'e']) await queue.post('ada', text);
    expect(await queue.shown({ after: 1, max: 3 })).toEqual(['2 b', '3 c', '4 d']);
    expect(await queue.shown({ after: 4, max: 3 })).toEqual(['5 e']);
    expect(await queue.shown({ after: 5 })).toEqual([]);
    expect(await queue.shown({ after: 2 ** 31 - 1 })).toEqual([]);
  });

  test('gets 100 of the largest messages, which are more than one query reads', async () => {
    const data = 'x'.repeat(maximumMessageBytes);
    await Promise.all(Array.from({ length: 101 }, () => queue.post('ada', data)));
    const messages = await queue.messages();
    expect(messages.map(({ number }) => number)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    expect(messages.reduce((sum, message) => sum + message.data.length, 0)).toBe(100 * 16_384);
  });

  test('is shown the messages of an ended session', async () => {
    await queue.post('ada', 'a');
    await queue.session.change({ hasEnded: true });
    expect(await queue.shown()).toEqual(['1 a']);
  });

  test('is told where there is no session, or another title’s, or one that is not shown', async () => {
    expect(await queue.readOn({ address: noSession() })).toEqual({ kind: 'not-found' });
    expect(await queue.readOn({ address: otherTitle() })).toEqual({ kind: 'not-found' });
    const caller = { kind: 'player', titleId: someTitle, xuid: xuidOf('eve'), gamertag: 'eve' } as const;
    expect(await queue.readOn({ caller })).toEqual({ kind: 'not-visible' });
  });

  test('is shown nothing of an earlier session that had the same id', async () => {
    const idempotencyKey = randomUUID();
    const earlier = await QueueUnderTest.open(table, ['ada'], { idempotencyKey });
    await earlier.post('ada', 'long ago');
    // As DynamoDB does, a month after the end.
    const key = sessionItemKey(rosterKeyOf(earlier.session.address.sessionId));
    await sendDelete(table, { Key: key });
    await create(table, { idempotencyKey, maxPlayers: 16 }, someTime + usualRetention);
    await earlier.session.join('ada');

    expect(await earlier.shown()).toEqual([]);
    expect(await earlier.post('ada', 'today')).toMatchObject({ message: { number: 1 } });
    expect(await earlier.shown()).toEqual(['1 today']);
  });
});
