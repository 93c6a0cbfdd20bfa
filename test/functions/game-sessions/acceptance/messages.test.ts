import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type GameSessions,
  type Reply,
  startGameSessions,
  type TestCaller,
} from '#test/support/game-sessions.ts';
import { create, dataOf, endOf } from './cast.ts';

const writerCount = 16;

let service: GameSessions;
let writers: readonly TestCaller[];
let reader: TestCaller;
/** What happens while somebody waits, once for each look; then a second has passed. */
let meanwhile: readonly (() => Promise<unknown>)[] = [];
let naps = 0;
beforeAll(async () => {
  service = await startGameSessions({
    sleep: async (milliseconds) => {
      naps++;
      const [first, ...rest] = meanwhile;
      meanwhile = rest;
      await first?.();
      service.clock.turn(milliseconds);
    },
  });
  reader = await service.player();
  writers = await Promise.all(Array.from({ length: writerCount }, () => service.player()));
});
afterAll(() => service.close());

const Posted = v.object({ queueIndex: v.number(), sequenceNumber: v.number(), data: v.string() });
const Page = v.object({ messages: v.array(Posted) });
const messagesIn = ({ body }: Reply) => v.parse(Page, body).messages;
const numbersIn = (reply: Reply): readonly number[] =>
  messagesIn(reply).map((message) => message.sequenceNumber);

const queue = (session: string, index = 0): string => `${session}/queues/${index}/messages`;

/** A session with all the writers in it. */
async function sessionOfWriters(): Promise<string> {
  const session = await create(reader, { maxPlayers: 16, visibility: 'Everyone' });
  await Promise.all(writers.map((writer) => writer.post(`${session}/players`)));
  return session;
}

/** Reads on from each last number until `isOver`, and then until there is no more. */
async function follow(from: string, max: number, isOver: () => boolean) {
  const seen: v.InferOutput<typeof Posted>[] = [];
  for (;;) {
    const isLast = isOver();
    const after = seen.at(-1)?.sequenceNumber ?? 0;
    const messages = messagesIn(await reader.get(`${from}?after=${after}&max=${max}`));
    seen.push(...messages);
    if (isLast && messages.length === 0) return seen;
  }
}

const isIncreasing = (numbers: readonly number[]): boolean =>
  numbers.every((number, i) => i === 0 || number > (numbers[i - 1] ?? 0));

describe(`${writerCount} who write to one queue at once`, () => {
  const each = 6;

  test('get numbers of their own, and whoever follows gets every message once and in their order', async () => {
    const session = await sessionOfWriters();
    let writing = writerCount;
    const write = async (writer: TestCaller) => {
      const posted: v.InferOutput<typeof Posted>[] = [];
      for (let i = 0; i < each; i++) {
        const reply = await writer.post(queue(session), { data: dataOf(`${writer.xuid} ${i}`) });
        expect(endOf(reply)).toBe('201');
        posted.push(v.parse(Posted, reply.body));
      }
      writing--;
      return posted;
    };
    const followers = [1, 7, 100].map((max) => follow(queue(session), max, () => writing === 0));
    const posted = await Promise.all(writers.map(write));
    const all = posted.flat().toSorted((one, other) => one.sequenceNumber - other.sequenceNumber);

    expect(new Set(all.map((message) => message.sequenceNumber)).size).toBe(writerCount * each);
    // What one writer posts one after the other is in that order for everybody.
    for (const own of posted) expect(isIncreasing(own.map((message) => message.sequenceNumber))).toBe(true);
    for (const seen of await Promise.all(followers)) {
      expect(isIncreasing(seen.map((message) => message.sequenceNumber))).toBe(true);
      expect(seen.map(({ sequenceNumber, data }) => ({ sequenceNumber, data }))).toEqual(
        all.map(({ sequenceNumber, data }) => ({ sequenceNumber, data })),
      );
    }
  });

  test('and must all follow the same one: one comes first, and the others are told so', async () => {
    const session = await sessionOfWriters();
    for (let mustFollow = 0; mustFollow < 4; mustFollow++) {
      const ends = await Promise.all(
        writers.map(async (writer) => endOf(await writer.post(queue(session), { data: 'AAAA', mustFollow }))),
      );
      expect(ends.toSorted()).toEqual([
        '201',
        ...Array.from({ length: 15 }, () => '412 PRECONDITION_FAILED'),
      ]);
    }
    expect(numbersIn(await reader.get(queue(session)))).toEqual([1, 2, 3, 4]);
  });

  test('and to all four queues: each counts on its own', async () => {
    const session = await sessionOfWriters();
    await Promise.all(
      writers.map((writer, i) => writer.post(queue(session, i % 4), { data: dataOf(`queue ${i % 4}`) })),
    );
    for (const index of [0, 1, 2, 3]) {
      const messages = messagesIn(await reader.get(queue(session, index)));
      expect(messages).toEqual(
        [1, 2, 3, 4].map((sequenceNumber) => ({
          queueIndex: index,
          sequenceNumber,
          data: dataOf(`queue ${index}`),
        })),
      );
    }
  });
});

describe('a queue', () => {
  test('is dropped up to a number for everybody, and counts on', async () => {
    const session = await sessionOfWriters();
    const [writer = reader] = writers;
    for (const i of [1, 2, 3]) await writer.post(queue(session), { data: dataOf(`${i}`) });
    await writer.post(queue(session, 1), { data: dataOf('stays') });
    const drop = async (through: number) =>
      endOf(await writer.delete(`${queue(session)}?through=${through}`));

    expect(await drop(2)).toBe('204');
    expect(numbersIn(await reader.get(queue(session)))).toEqual([3]);
    expect(await drop(1)).toBe('204');
    expect(numbersIn(await reader.get(queue(session)))).toEqual([3]);
    expect(await drop(2 ** 31 - 1)).toBe('204');
    expect(numbersIn(await reader.get(queue(session)))).toEqual([]);
    const next = await writer.post(queue(session), { data: 'AAAA', mustFollow: 3 });
    expect(next).toMatchObject({ status: 201, body: { sequenceNumber: 4 } });
    expect(numbersIn(await reader.get(queue(session)))).toEqual([4]);
    expect(numbersIn(await reader.get(queue(session, 1)))).toEqual([1]);
  });
});

describe('a read that waits', () => {
  const waited = async (read: () => Promise<Reply>) => {
    const [started, before] = [service.clock.now(), naps];
    const reply = await read();
    return { reply, seconds: (service.clock.now() - started) / 1_000, naps: naps - before };
  };

  test('answers at once where there is something', async () => {
    const session = await sessionOfWriters();
    await writers[0]?.post(queue(session), { data: 'AAAA' });
    const { reply, seconds } = await waited(() => reader.get(`${queue(session)}?wait=20`));
    expect([numbersIn(reply), seconds]).toEqual([[1], 0]);
  });

  test('answers within a second of what comes', async () => {
    const session = await sessionOfWriters();
    const post = () => writers[1]?.post(queue(session), { data: dataOf('at last') }) ?? Promise.resolve();
    meanwhile = [async () => {}, async () => {}, post];
    const { reply, seconds } = await waited(() => reader.get(`${queue(session)}?wait=20`));
    expect(messagesIn(reply)).toEqual([{ queueIndex: 0, sequenceNumber: 1, data: dataOf('at last') }]);
    expect(seconds).toBe(3);
  });

  test('is not woken by what comes to another queue', async () => {
    const session = await sessionOfWriters();
    meanwhile = [() => writers[1]?.post(queue(session, 1), { data: 'AAAA' }) ?? Promise.resolve()];
    const { reply, seconds } = await waited(() => reader.get(`${queue(session)}?wait=5`));
    expect([numbersIn(reply), seconds]).toEqual([[], 5]);
  });

  test('answers within a second of the end of the session, with what was said before it', async () => {
    const session = await sessionOfWriters();
    const end = () => reader.patch(session, { hasEnded: true });
    meanwhile = [async () => {}, end];
    const { reply, seconds } = await waited(() => reader.get(`${queue(session)}?wait=20`));
    expect([reply.status, numbersIn(reply), seconds]).toEqual([200, [], 2]);
    expect((await waited(() => reader.get(`${queue(session)}?wait=20`))).seconds).toBe(0);
  });

  test('is over when its reader may no longer see the session', async () => {
    const session = await sessionOfWriters();
    const [writer = reader] = writers;
    await reader.patch(session, { visibility: 'PlayersCurrentlyInSession' });
    meanwhile = [() => writer.delete(`${session}/players/${writer.xuid}`)];
    const { reply, seconds } = await waited(() => writer.get(`${queue(session)}?wait=20`));
    expect([endOf(reply), seconds]).toEqual(['403 NOT_VISIBLE', 1]);
  });

  test('is over after as many seconds as it wanted, having looked once a second', async () => {
    const session = await sessionOfWriters();
    const { reply, ...passed } = await waited(() => reader.get(`${queue(session)}?wait=20`));
    expect([reply.status, numbersIn(reply), passed]).toEqual([200, [], { seconds: 20, naps: 20 }]);
  });
});
