import { randomUUID } from 'node:crypto';
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Caller } from '#lib/auth/bearer-tokens.ts';
import { type DropOutcome, drop } from '#lib/messages/drop.ts';
import { type Message, messagesOf } from '#lib/messages/message.ts';
import { type PostOutcome, post } from '#lib/messages/post.ts';
import { type ReadOutcome, readOn } from '#lib/messages/read-on.ts';
import { rosterKeyOf, type SessionAddress } from '#lib/rosters/ids.ts';
import { sendUpdate, type Table } from '#lib/table/client.ts';
import { sessionItemKey } from '#lib/table/keys.ts';
import { parseQueueEntry, type QueueEntry } from '#lib/table/message-item.ts';
import { messagesAfter, putMessage } from '#lib/table/message-requests.ts';
import { queryPage } from '#lib/table/reads.ts';
import { RosterUnderTest, titleCaller, type Wanted, xuidOf } from '#test/lib/rosters/roster-under-test.ts';
import type { Clock } from '#test/support/clock.ts';

export type ReadOptions = {
  readonly after?: number;
  readonly max?: number;
  /** Milliseconds. */
  readonly wait?: number;
  readonly caller?: Caller;
  readonly address?: SessionAddress;
};

/** A message queue of a session, the verbs on it, and the clock by which they act. */
export class QueueUnderTest {
  readonly session: RosterUnderTest;
  readonly queueIndex: number;
  /** What happens while a reader waits; the clock is turned by then. */
  whileWaiting: () => unknown = () => {};
  /** How long each pause of a reader was, milliseconds. */
  readonly pauses: number[] = [];

  constructor(session: RosterUnderTest, queueIndex = 0) {
    this.session = session;
    this.queueIndex = queueIndex;
  }

  /** A queue of a session in which these players are. */
  static async open(table: Table, players: readonly string[], wanted: Wanted = {}): Promise<QueueUnderTest> {
    const session = await RosterUnderTest.open(table, { maxPlayers: 16, ...wanted });
    if (players.length > 0) await session.join(...players);
    return new QueueUnderTest(session);
  }

  /** The same queue, by another way to the table. */
  by(table: Table): QueueUnderTest {
    return new QueueUnderTest(this.session.by(table), this.queueIndex);
  }

  get clock(): Clock {
    return this.session.clock;
  }

  get #context() {
    return {
      table: this.session.table,
      clock: this.clock.now,
      requestId: randomUUID(),
      sleep: async (milliseconds: number) => {
        this.pauses.push(milliseconds);
        this.clock.turn(milliseconds);
        await this.whileWaiting();
      },
    };
  }

  post(
    player: string,
    text: string,
    mustFollow?: number,
    address: SessionAddress = this.session.address,
  ): Promise<PostOutcome> {
    return post(this.#context, address, {
      queueIndex: this.queueIndex,
      sender: xuidOf(player),
      data: Buffer.from(text),
      mustFollow,
    });
  }

  readOn({ after = 0, max = 100, wait = 0, caller, address }: ReadOptions = {}): Promise<ReadOutcome> {
    const reading = { queueIndex: this.queueIndex, after, max, wait };
    return readOn(this.#context, address ?? this.session.address, caller ?? titleCaller(), reading);
  }

  async messages(options: ReadOptions = {}): Promise<readonly Message[]> {
    const outcome = await this.readOn(options);
    if (outcome.kind !== 'read') throw new Error(`The messages were not shown: ${outcome.kind}`);
    return outcome.messages;
  }

  /** What a reader is shown, as `1 hello`. */
  async shown(options: ReadOptions = {}): Promise<readonly string[]> {
    return (await this.messages(options)).map(spell);
  }

  drop(
    through: number,
    caller: Caller = titleCaller(),
    address: SessionAddress = this.session.address,
  ): Promise<DropOutcome> {
    return drop(this.#context, address, caller, { queueIndex: this.queueIndex, through });
  }

  /** Writes so many messages in a moment, each of which says its number. */
  async fill(count: number): Promise<void> {
    const { client, name } = this.session.table;
    const source = messagesOf(await this.session.stored(), this.queueIndex);
    const sent = { sender: xuidOf('ada'), at: this.clock.now(), claim: 'filled' };
    const puts = Array.from({ length: count }, (_, i) => ({
      PutRequest: putMessage(source, { ...sent, number: i + 1, data: Buffer.from(String(i + 1)) }),
    }));
    for (let i = 0; i < count; i += 25) {
      const some = puts.slice(i, i + 25).map(({ PutRequest: { Item } }) => ({ PutRequest: { Item } }));
      await client.send(new BatchWriteCommand({ RequestItems: { [name]: some } }));
    }
    await sendUpdate(this.session.table, {
      Key: sessionItemKey(rosterKeyOf(this.session.created.sessionId)),
      UpdateExpression: `SET q[${this.queueIndex}].n = :count`,
      ExpressionAttributeValues: { ':count': count },
    });
  }

  /** What is in the table, up to 1 MB of it. */
  async entries(): Promise<readonly QueueEntry[]> {
    const all = messagesAfter(messagesOf(await this.session.stored(), this.queueIndex), 0);
    const page = await queryPage(this.session.table, all);
    return page.items.map(parseQueueEntry);
  }
}

export const spell = ({ number, data }: Message): string => `${number} ${Buffer.from(data).toString()}`;
