import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { messagesOf } from '#lib/messages/message.ts';
import { rosterKeyOf } from '#lib/rosters/ids.ts';
import { sendPut } from '#lib/table/client.ts';
import { messageItemKey, sessionItemKey } from '#lib/table/keys.ts';
import { putVoid } from '#lib/table/message-requests.ts';
import { indexes } from '#lib/table/schema.ts';
import { QueueUnderTest } from '#test/lib/messages/queue-under-test.ts';
import { playerCaller, RosterUnderTest, xuidOf } from '#test/lib/rosters/roster-under-test.ts';
import { request, SessionUnderTest, someTime, tokensOf } from '#test/lib/sessions/session-under-test.ts';
import { linesOf, OnChangeUnderTest } from './on-change-under-test.ts';

let consumer: OnChangeUnderTest;
beforeAll(async () => {
  consumer = await OnChangeUnderTest.start();
});

/** What was written to a session since the last look, as the stream shows it. */
const written = (sessionKey: string) => consumer.stream.look(sessionItemKey(sessionKey));

/** Delivers what was written to a session since the last look: what happened. */
async function told(sessionKey: string) {
  expect(await consumer.deliver(...(await written(sessionKey)))).toEqual({ batchItemFailures: [] });
  return [...consumer.taken];
}

describe('of a game session of the GameLift API', () => {
  test('each thing that happens is told once, with the next number', async () => {
    const session = await SessionUnderTest.open(consumer.table, 3);
    const lines = async () => linesOf(await told(session.sessionKey));
    expect(await lines()).toEqual(['0 Game Session Activated']);

    const [ada, bob] = [request('ada'), request('bob', 'eve')];
    const [adaToken = '', bobToken = ''] = [...tokensOf(ada), ...tokensOf(bob)];
    await session.reserve(ada);
    expect(await lines()).toEqual(['1 Player Session Reserved']);
    await session.accept(adaToken);
    expect(await lines()).toEqual(['2 Player Session Accepted']);
    await session.reserve(bob);
    expect(await lines()).toEqual(['3 Player Session Reserved', '4 Player Session Reserved']);
    await session.release(bobToken);
    expect(await lines()).toEqual(['5 Player Session Left']);
    await session.update({ capacity: 2, takesPlayers: true });
    expect(await lines()).toEqual(['6 Game Session Changed']);
    session.clock.turn(60_000);
    await session.reserve(request('kim'));
    expect(await lines()).toEqual(['7 Player Session Timed Out', '8 Player Session Reserved']);
    await session.end();
    expect(await lines()).toEqual([
      '9 Player Session Timed Out',
      '10 Player Session Left',
      '11 Game Session Ended',
    ]);
  });

  test('an event says what happened and what the session is like by then, and names no player', async () => {
    const session = await SessionUnderTest.open(consumer.table, 3);
    await told(session.sessionKey);
    const ada = request('ada');
    await session.reserve(ada);
    const [fleetId, location] = session.reference.split('/');
    expect(await told(session.sessionKey)).toEqual([
      {
        detailType: 'Player Session Reserved',
        detail: {
          version: 1,
          id: `${session.sessionKey}.${someTime}.1`,
          number: 1,
          at: '2026-05-03T03:09:37.777Z',
          gameSession: {
            api: 'GameLift',
            gameSessionId: `arn:aws:gamelift:us-east-1::gamesession/${session.reference}`,
            fleetId,
            location,
            status: 'ACTIVE',
            maximumPlayers: 3,
            currentPlayers: 1,
            acceptsPlayers: true,
          },
          playerSession: {
            playerSessionId: `psess-${session.sessionKey}${tokensOf(ada)}`,
            deadline: '2026-05-03T03:10:37.777Z',
          },
        },
      },
    ]);
  });

  test('what has timed out did so at its deadline, whenever it is noticed', async () => {
    const session = await SessionUnderTest.open(consumer.table, 1);
    await session.reserve(request('ada'));
    await told(session.sessionKey);
    session.clock.turn(3_600_000);
    await session.reserve(request('bob'));
    const [timedOut, reserved] = await told(session.sessionKey);
    expect(timedOut?.detail.at).toBe('2026-05-03T03:10:37.777Z');
    expect(reserved?.detail.at).toBe('2026-05-03T04:09:37.777Z');
  });

  test('it is read once by an instance, and never for a write that counts no event', async () => {
    const session = await SessionUnderTest.open(consumer.table, 3);
    const created = await written(session.sessionKey);
    await session.reserve(request('ada'));
    const reserved = await written(session.sessionKey);
    consumer.wire.count();
    await consumer.deliver(...created, ...reserved);
    await consumer.deliver(...reserved);
    expect(consumer.wire.count()).toEqual({ GetItem: 1 });

    consumer.restart();
    const moved = reserved.map(({ dynamodb: { NewImage = {}, ...change } = {}, ...record }) => ({
      ...record,
      dynamodb: {
        ...change,
        OldImage: NewImage,
        NewImage: { ...NewImage, [indexes.sessionsDue.sortKey]: { S: '5' } },
      },
    }));
    await consumer.deliver(...moved);
    expect(consumer.taken).toEqual([]);
    expect(consumer.wire.count()).toEqual({});
  });
});

describe('of a session with a roster', () => {
  test('each thing that happens is told once, with the next number', async () => {
    const session = await RosterUnderTest.open(consumer.table, { playersCanBeRemovedBy: 'AnyPlayer' });
    const sessionKey = rosterKeyOf(session.address.sessionId);
    const lines = async () => linesOf(await told(sessionKey));
    expect(await lines()).toEqual(['0 Game Session Activated']);
    await session.join('ada', 'bob');
    expect(await lines()).toEqual(['1 Player Joined', '2 Player Joined']);
    await session.hold(['eve', 'kim']);
    expect(await lines()).toEqual(['3 Seat Reserved', '4 Seat Reserved']);
    await session.remove('kim');
    expect(await lines()).toEqual(['5 Seat Released']);
    await session.describe('ada', Buffer.from('ready'));
    expect(await lines()).toEqual(['6 Game Session Changed']);
    await session.remove('bob', playerCaller('bob'));
    expect(await lines()).toEqual(['7 Player Left']);
    session.clock.turn(60_000);
    await session.change({ displayName: 'Contoso Cards' });
    expect(await lines()).toEqual(['8 Seat Timed Out', '9 Game Session Changed']);
    await session.join('bob');
    expect(await lines()).toEqual(['10 Player Joined']);
    await session.remove('bob', playerCaller('ada'));
    expect(await lines()).toEqual(['11 Player Removed']);
    await session.change({ hasEnded: true });
    expect(await lines()).toEqual(['12 Game Session Ended']);
  });

  test('an event says who, by whom, and what the session is like by then', async () => {
    const session = await RosterUnderTest.open(consumer.table, { playersCanBeRemovedBy: 'AnyPlayer' });
    const { sessionId, titleId } = session.address;
    await session.join('ada', 'bob');
    await told(rosterKeyOf(sessionId));
    await session.remove('bob', playerCaller('ada'));
    expect(await told(rosterKeyOf(sessionId))).toEqual([
      {
        detailType: 'Player Removed',
        detail: {
          version: 1,
          id: `${rosterKeyOf(sessionId)}.${someTime}.3`,
          number: 3,
          at: '2026-05-03T03:09:37.777Z',
          gameSession: {
            api: 'GameSession',
            sessionId,
            titleId,
            status: 'ACTIVE',
            maxPlayers: 4,
            players: 1,
            seatsAvailable: 3,
            isClosed: false,
          },
          player: { xuid: xuidOf('bob'), gamertag: 'bob', seatIndex: 1, removedBy: xuidOf('ada') },
        },
      },
    ]);
  });

  test('all is in its item, also bytes: nothing is read', async () => {
    const session = await RosterUnderTest.open(consumer.table, { customData: Buffer.from([0, 255]) });
    const records = await written(rosterKeyOf(session.address.sessionId));
    consumer.wire.count();
    await consumer.deliver(...records);
    expect(linesOf(consumer.taken)).toEqual(['0 Game Session Activated']);
    expect(consumer.wire.count()).toEqual({});
  });
});

describe('of a message queue', () => {
  /** The record of what is under a number. */
  async function entry(queue: QueueUnderTest, number: number) {
    const { historyKey } = messagesOf(await queue.session.stored(), 0);
    return consumer.stream.look(messageItemKey(historyKey, 0, number));
  }

  test('each message is told, without its data, and its session is read once', async () => {
    const queue = await QueueUnderTest.open(consumer.table, ['ada']);
    await queue.post('ada', 'e2e4');
    await queue.post('ada', 'e7e5');
    const { sessionId, titleId } = queue.session.address;
    const [first, second] = [await entry(queue, 1), await entry(queue, 2)];
    consumer.wire.count();
    await consumer.deliver(...first);
    expect(consumer.taken).toEqual([
      {
        detailType: 'Message Posted',
        detail: {
          version: 1,
          id: `${rosterKeyOf(sessionId)}.${someTime}.0.1`,
          at: '2026-05-03T03:09:37.777Z',
          gameSession: { api: 'GameSession', sessionId, titleId },
          message: { queueIndex: 0, sequenceNumber: 1, sender: xuidOf('ada'), bytes: 4 },
        },
      },
    ]);
    await consumer.deliver(...second);
    expect(linesOf(consumer.taken)).toEqual(['- Message Posted']);
    expect(consumer.wire.count()).toEqual({ GetItem: 1 });
  });

  test('the session is not read where its item has come by, in the same batch or before', async () => {
    const session = await RosterUnderTest.open(consumer.table);
    const queue = new QueueUnderTest(session);
    const records = [...(await written(rosterKeyOf(session.address.sessionId)))];
    await session.join('ada');
    for (const number of [1, 2]) {
      await queue.post('ada', 'e2e4');
      records.push(...(await entry(queue, number)));
    }
    consumer.wire.count();
    await consumer.deliver(...records.slice(0, 2));
    expect(linesOf(consumer.taken)).toEqual(['0 Game Session Activated', '- Message Posted']);
    await consumer.deliver(...records.slice(2));
    expect(linesOf(consumer.taken)).toEqual(['- Message Posted']);
    expect(consumer.wire.count()).toEqual({});
  });

  test('a number that was given up is told to nobody, nor that the queue has given one out', async () => {
    const queue = await QueueUnderTest.open(consumer.table, ['ada']);
    const sessionKey = rosterKeyOf(queue.session.address.sessionId);
    await told(sessionKey);
    await queue.post('ada', 'e2e4');
    expect(await told(sessionKey)).toEqual([]);
    await sendPut(consumer.table, putVoid(messagesOf(await queue.session.stored(), 0), 2, someTime));
    await consumer.deliver(...(await entry(queue, 2)));
    expect(consumer.taken).toEqual([]);
  });

  test('a message that is removed is told to nobody', async () => {
    const queue = await QueueUnderTest.open(consumer.table, ['ada']);
    await queue.post('ada', 'e2e4');
    await entry(queue, 1);
    await queue.drop(1);
    const removed = await entry(queue, 1);
    expect(removed).toMatchObject([{ eventName: 'REMOVE' }]);
    await consumer.deliver(...removed);
    expect(consumer.taken).toEqual([]);
  });
});

test('records of anything else are passed over', async () => {
  const item = { pk: `PLAYERS#${randomUUID()}`, sk: 'token', id: 'ada' };
  const records = [consumer.stream.record(undefined, item), consumer.stream.record(item, undefined)];
  expect(await consumer.deliver(...records)).toEqual({ batchItemFailures: [] });
  expect(consumer.calls).toEqual([]);
});
