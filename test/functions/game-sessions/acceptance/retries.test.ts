import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { atOnce } from '#test/support/at-once.ts';
import { contentsOf } from '#test/support/contents.ts';
import type { Fault, Sent } from '#test/support/dynamodb-wire.ts';
import { sessionIdOf } from '#test/support/game-session-replies.ts';
import {
  type GameSessions,
  type Reply,
  startGameSessions,
  type TestCaller,
  xuidOf,
} from '#test/support/game-sessions.ts';
import { create, dataOf, endOf } from './cast.ts';

let service: GameSessions;
let alice: TestCaller;
let title: TestCaller;
beforeAll(async () => {
  service = await startGameSessions();
  [alice, title] = await Promise.all([service.player(), service.title()]);
});
afterAll(() => service.close());

const rounds = 4;

describe('an Idempotency-Key', () => {
  const key = (name: string) => ({ 'idempotency-key': name });

  test(`makes one session of 10 creations at once, ${rounds} times`, async () => {
    for (let round = 0; round < rounds; round++) {
      const before = (await contentsOf(service.table)).length;
      const replies = await atOnce(10, 10, () =>
        alice.post('/sessions', { maxPlayers: 4, variant: 5 }, key(`round-${round}`)),
      );
      expect(replies.map(endOf)).toEqual(Array.from({ length: 10 }, () => '201'));
      expect(new Set(replies.map(sessionIdOf)).size).toBe(1);
      expect(await contentsOf(service.table)).toHaveLength(before + 1);
    }
  });

  test.each([
    ['maxPlayers', { maxPlayers: 5 }],
    ['customData', { maxPlayers: 4, customData: [] }],
    ['displayName', { maxPlayers: 4, displayName: 'x' }],
    ['playersCanBeRemovedBy', { maxPlayers: 4, playersCanBeRemovedBy: 'NoOne' }],
    ['visibility', { maxPlayers: 4, visibility: 'Everyone' }],
    ['isClosed', { maxPlayers: 4, isClosed: true }],
    ['variant', { maxPlayers: 4, variant: 1 }],
  ])('that comes with another %s is refused', async (member, body) => {
    await alice.post('/sessions', { maxPlayers: 4 }, key(`other-${member}`));
    const reply = await alice.post('/sessions', body, key(`other-${member}`));
    expect(reply).toMatchObject({ status: 400, body: { errors: [{ header: 'Idempotency-Key' }] } });
    expect(reply.body).not.toHaveProperty('session');
  });
});

describe('nobody notices where DynamoDB carries out a write and the answer', () => {
  /** Every write of this API in the order in which one session can see them, and how it ends. */
  const writes: readonly (readonly [
    operation: string,
    end: string,
    act: (session: string) => Promise<Reply>,
  ])[] = [
    ['PutItem', '201', () => alice.post('/sessions', { maxPlayers: 4 })],
    ['UpdateItem', '201', (session) => alice.post(`${session}/players`)],
    [
      'UpdateItem',
      '201',
      (session) => title.post(`${session}/reservations`, { players: [{ xuid: xuidOf('5') }] }),
    ],
    [
      'UpdateItem',
      '200',
      (session) => alice.patch(`${session}/players/${alice.xuid}`, { customData: dataOf('me') }),
    ],
    [
      'UpdateItem',
      '201',
      (session) => alice.post(`${session}/queues/0/messages`, { data: dataOf('1'), mustFollow: 0 }),
    ],
    [
      'PutItem',
      '201',
      (session) => alice.post(`${session}/queues/0/messages`, { data: dataOf('2'), mustFollow: 1 }),
    ],
    ['UpdateItem', '204', (session) => alice.delete(`${session}/queues/0/messages?through=1`)],
    ['UpdateItem', '200', (session) => patchAsSeen(session, { variant: 3 })],
    ['UpdateItem', '204', (session) => title.delete(`${session}/players/5`)],
    ['UpdateItem', '204', (session) => alice.delete(`${session}/players/${alice.xuid}`)],
    ['UpdateItem', '201', (session) => alice.post(`${session}/players`)],
    ['UpdateItem', '200', (session) => patchAsSeen(session, { hasEnded: true })],
  ];

  /** A change of the state that the caller has seen, which must not be taken for somebody else's. */
  async function patchAsSeen(session: string, change: object): Promise<Reply> {
    const seen = (await alice.get(session)).headers['etag'] ?? '';
    return alice.patch(session, change, { 'if-match': seen });
  }

  function breakOnce(operation: string, fault: Fault): void {
    let isBroken = false;
    service.wire.breaks = (sent: Sent) => {
      if (isBroken || sent.operation !== operation) return undefined;
      isBroken = true;
      return fault;
    };
  }

  test.each(['timed out after', 'reset after'] as const)('%s', async (fault) => {
    const session = await create(alice);
    const ends: string[] = [];
    for (const [operation, , act] of writes) {
      breakOnce(operation, fault);
      ends.push(endOf(await act(session)));
      service.wire.breaks = () => undefined;
    }
    expect(ends).toEqual(writes.map(([, end]) => end));
    expect((await alice.get(session)).body).toMatchObject({
      variant: 3,
      seatsAvailable: 3,
      hasEnded: true,
      roster: [{ seatIndex: 0, customData: dataOf('me'), isCurrentlyInSession: true }],
    });
    const { body } = await alice.get(`${session}/queues/0/messages`);
    expect(body).toMatchObject({ messages: [{ sequenceNumber: 2, data: dataOf('2') }] });
  });
});
