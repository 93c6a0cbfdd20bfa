import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { graceTime } from '#lib/messages/read-stretch.ts';
import { openTable, type Table } from '#lib/table/client.ts';
import { DynamoDbWire, type Fault, type Sent } from '#test/support/dynamodb-wire.ts';
import { localDynamoDb, newTable } from '#test/support/table.ts';
import { QueueUnderTest, spell } from './queue-under-test.ts';

/** A wire on which messages take their time, each another one: they arrive in another order than that of their numbers. */
class UnevenWire extends DynamoDbWire {
  override async handle(...request: Parameters<DynamoDbWire['handle']>) {
    if (String(request[0].headers['x-amz-target']).endsWith('PutItem')) await setTimeout(Math.random() * 8);
    return super.handle(...request);
  }
}

let everyTable: Table;
beforeAll(async () => {
  ({ table: everyTable } = await newTable());
});

const writers = Array.from({ length: 16 }, (_, i) => `writer ${i}`);

let wire: UnevenWire;
let queue: QueueUnderTest;
beforeEach(async () => {
  wire = new UnevenWire({});
  const table = openTable(everyTable.name, {
    ...localDynamoDb(inject('dynamoDbEndpoint')),
    requestHandler: wire,
  });
  queue = await QueueUnderTest.open(table, writers);
  return () => table.client.destroy();
});

/** All writers post at once, message after message: what each was told, as `7 text`, or `failed text`. */
async function postAll(each: number): Promise<readonly string[]> {
  const told = await Promise.all(
    writers.map(async (writer) => {
      const outcomes: string[] = [];
      for (let i = 0; i < each; i++) {
        const text = `${writer}, message ${i}`;
        const outcome = await queue.post(writer, text).catch(() => undefined);
        outcomes.push(outcome?.kind === 'posted' ? spell(outcome.message) : `failed ${text}`);
      }
      return outcomes;
    }),
  );
  return told.flat();
}

/** Reads on and on until nobody writes any more and everything has been read: what a follower got, in its order. */
async function follow(
  writing: Promise<unknown>,
  max: number,
  between: () => void,
): Promise<readonly string[]> {
  let isWriting = true;
  const done = () => {
    isWriting = false;
  };
  writing.then(done, done);
  const got: string[] = [];
  let after = 0;
  for (;;) {
    const wasWriting = isWriting;
    const messages = await queue.messages({ after, max });
    got.push(...messages.map(spell));
    after = messages.at(-1)?.number ?? after;
    if (!wasWriting && messages.length === 0) return got;
    between();
  }
}

const numberOf = (message: string): number => Number(message.split(' ')[0]);
const textOf = (message: string): string => message.slice(message.indexOf(' ') + 1);

function expectIncreasing(messages: readonly string[]): void {
  const numbers = messages.map(numberOf);
  expect(numbers).toEqual([...new Set(numbers)].toSorted((one, other) => one - other));
}

describe('16 writers at once in one queue', () => {
  test.each([1, 2])(
    'get each a number of their own, and no follower misses or repeats one (round %i)',
    async () => {
      const writing = postAll(5);
      const followers = [3, 100].map((max) => follow(writing, max, () => {}));
      const posted = (await writing).toSorted((one, other) => numberOf(one) - numberOf(other));
      expect(posted.map(numberOf)).toEqual(Array.from({ length: 80 }, (_, i) => i + 1));
      for (const follower of followers) expect(await follower).toEqual(posted);
    },
  );

  test.each([1, 2])(
    'of whom some die and some are slow lose no message that they were told is posted (round %i)',
    async (round) => {
      wire.breaks = unluckily(round);
      const writing = postAll(5);
      // Time passes quickly for the followers: they give up numbers whose writers are only slow, too.
      const turn = () => queue.clock.turn(Math.ceil(graceTime / 3));
      const followers = await Promise.all([3, 100].map((max) => follow(writing, max, turn)));
      wire.breaks = () => undefined;
      queue.clock.turn(graceTime + 1);
      const told = await writing;
      const posted = told.filter((message) => !message.startsWith('failed'));
      const all = await follow(writing, 100, () => {});

      expectIncreasing(all);
      expect(all).toEqual(expect.arrayContaining([...posted]));
      expect(new Set(all.map(textOf)).size).toBe(all.length);
      expect(told.length - posted.length, 'deaths').toBeGreaterThan(0);
      expect((await queue.entries()).some(({ kind }) => kind === 'void')).toBe(true);
      for (const got of followers) expect(all.slice(0, got.length)).toEqual(got);
    },
  );
});

/** Of the messages one in eight is never written, and of all requests some are lost, or their answers. */
function unluckily(round: number): (sent: Sent, number: number) => Fault | undefined {
  const luck = (text: string) => (createHash('sha256').update(`${round} ${text}`).digest()[0] ?? 0) / 256;
  return ({ operation, body }, number) => {
    if (operation === 'PutItem' && !body.includes('"void"') && luck(body) < 1 / 8) return 'server error';
    const chance = luck(`${number}`);
    if (chance < 0.02) return 'reset after';
    return chance < 0.04 ? 'reset before' : undefined;
  };
}

describe('of 16 messages that must follow the same one', () => {
  test('exactly one is posted, time after time', async () => {
    let last = 0;
    for (let round = 0; round < 8; round++) {
      const outcomes = await Promise.all(writers.map((writer) => queue.post(writer, writer, last)));
      const kinds = outcomes.map(({ kind }) => kind).toSorted();
      expect(kinds).toEqual([...Array.from({ length: 15 }, () => 'other-first'), 'posted']);
      last = (await queue.messages({ after: last })).at(-1)?.number ?? 0;
    }
    expect(await queue.shown()).toHaveLength(8);
  });

  test('exactly one is posted by the next who try, where the first to be given a number dies', async () => {
    let puts = 0;
    wire.breaks = ({ operation }) => (operation === 'PutItem' && puts++ < 3 ? 'server error' : undefined);
    const first = await Promise.allSettled(writers.map((writer) => queue.post(writer, writer, 0)));
    expect(first.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(await queue.shown()).toEqual([]);
    queue.clock.turn(graceTime + 1);
    const second = await Promise.all(writers.map((writer) => queue.post(writer, writer, 0)));
    expect(second.filter(({ kind }) => kind === 'posted')).toHaveLength(1);
    expect(await queue.shown()).toHaveLength(1);
  });
});
