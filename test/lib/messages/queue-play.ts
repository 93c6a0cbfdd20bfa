import { expect, inject } from 'vitest';
import type { DropOutcome } from '#lib/messages/drop.ts';
import type { Message } from '#lib/messages/message.ts';
import type { PostOutcome } from '#lib/messages/post.ts';
import type { ReadOutcome } from '#lib/messages/read-on.ts';
import { openTable, type Table } from '#lib/table/client.ts';
import { type Caller, type Fate, InterleavedWire } from '#test/lib/sessions/interleaved-wire.ts';
import { localDynamoDb } from '#test/support/table.ts';
import { QueueUnderTest, spell } from './queue-under-test.ts';

/** A reader who goes on from the last number that was shown. */
type Follower = { cursor: number; isReading: boolean; readonly got: number[] };

/** What was known for sure when a verb started. */
type Before = { readonly dropped: number; readonly hasEnded: boolean; readonly posted: number };

const everything = 1_000;

/**
 * One queue, verbs at work on it in any order, and all that callers were told of it. What they were told has to go
 * together, whatever was lost and whoever died.
 */
export class QueuePlay {
  readonly #wire = new InterleavedWire();
  readonly #queue: QueueUnderTest;
  /** The same queue as the verbs reach it. */
  readonly #apart: QueueUnderTest;
  readonly #apartTable: Table;
  readonly #callers = new Map<Caller, () => void>();
  readonly #followers: readonly Follower[] = [0, 1].map(() => ({ cursor: 0, isReading: false, got: [] }));
  #texts = 0;
  /** Messages that a sender was told are posted, or that a reader was shown, by number. */
  readonly #known = new Map<number, string>();
  /** Numbers of messages that must follow another one, with the number of that. */
  readonly #follows = new Map<number, number>();
  readonly #posted = new Set<number>();
  /** Up to this number drops have been confirmed, and up to this one they were asked for. */
  #dropped = 0;
  #dropsAsked = 0;
  #hasEnded = false;

  private constructor(queue: QueueUnderTest) {
    this.#queue = queue;
    this.#apartTable = openTable(queue.session.table.name, {
      ...localDynamoDb(inject('dynamoDbEndpoint')),
      requestHandler: this.#wire,
    });
    this.#apart = queue.by(this.#apartTable);
  }

  static async open(table: Table): Promise<QueuePlay> {
    return new QueuePlay(await QueueUnderTest.open(table, ['ada']));
  }

  turn(milliseconds: number): void {
    this.#queue.clock.turn(milliseconds);
  }

  #before(): Before {
    return { dropped: this.#dropped, hasEnded: this.#hasEnded, posted: Math.max(0, ...this.#posted) };
  }

  /** @param behind the message that it must follow: so many before the last one that anybody knows of */
  startPost(behind: number | undefined): void {
    const text = `text ${this.#texts++}`;
    const before = this.#before();
    const last = Math.max(0, ...this.#known.keys());
    const mustFollow = behind === undefined ? undefined : Math.max(0, last - behind);
    this.#start(
      () => this.#apart.post('ada', text, mustFollow),
      (outcome) => this.#checkPosted(text, mustFollow, before, outcome),
    );
  }

  #checkPosted(text: string, mustFollow: number | undefined, before: Before, outcome: PostOutcome): void {
    switch (outcome.kind) {
      case 'posted': {
        const { number } = outcome.message;
        expect(before.hasEnded, 'posted after the end').toBe(false);
        expect(number, 'a number after all that were told before').toBeGreaterThan(before.posted);
        expect(spell(outcome.message)).toBe(`${number} ${text}`);
        this.#learn(outcome.message);
        this.#posted.add(number);
        if (mustFollow !== undefined) this.#follows.set(number, mustFollow);
        return;
      }
      case 'other-first':
        expect(mustFollow, 'followed by another').toBeDefined();
        return;
      case 'contended':
        // It may have been posted and dropped before its sender learned of it.
        expect(this.#dropsAsked).toBeGreaterThan(0);
        return;
      case 'ended':
        return;
      default:
        expect.fail(`A post ended as ${outcome.kind}`);
    }
  }

  startRead(choice: number, max: number): void {
    const follower = this.#followers[choice % this.#followers.length];
    if (follower === undefined || follower.isReading) return;
    const after = follower.cursor;
    const before = this.#before();
    follower.isReading = true;
    this.#start(
      () => this.#apart.readOn({ after, max }),
      (outcome) => {
        follower.isReading = false;
        this.#checkRead(follower, max, before, outcome);
      },
      () => {
        follower.isReading = false;
      },
    );
  }

  #checkRead(follower: Follower, max: number, before: Before, outcome: ReadOutcome): void {
    if (outcome.kind !== 'read') expect.fail(`A read ended as ${outcome.kind}`);
    expect(outcome.messages.length).toBeLessThanOrEqual(max);
    for (const message of outcome.messages) {
      expect(message.number, 'a number after the last one').toBeGreaterThan(follower.cursor);
      expect(message.number, 'nothing that was dropped before').toBeGreaterThan(before.dropped);
      follower.cursor = message.number;
      follower.got.push(message.number);
      this.#learn(message);
    }
  }

  startDrop(through: number): void {
    this.#dropsAsked = Math.max(this.#dropsAsked, through);
    const { posted, hasEnded } = this.#before();
    this.#start(
      () => this.#apart.drop(through),
      (outcome: DropOutcome) => {
        if (outcome.kind === 'ended') return;
        expect({ kind: outcome.kind, hasEnded }).toEqual({ kind: 'dropped', hasEnded: false });
        this.#dropped = Math.max(this.#dropped, Math.min(through, posted));
      },
    );
  }

  startEnd(): void {
    this.#start(
      () => this.#apart.session.change({ hasEnded: true }),
      () => {
        this.#hasEnded = true;
      },
    );
  }

  /** One number is one message, for whoever posted it and for whoever reads it. */
  #learn(message: Message): void {
    const spelled = spell(message);
    expect(this.#known.get(message.number) ?? spelled).toBe(spelled);
    this.#known.set(message.number, spelled);
  }

  readonly #told: (() => void)[] = [];

  #start<Outcome>(
    verb: () => Promise<Outcome>,
    check: (outcome: Outcome) => void,
    failed: () => void = () => {},
  ): void {
    const caller = this.#wire.start(verb, (outcome) => {
      this.#told.push(() => (outcome === 'failed' ? failed() : check(outcome as Outcome)));
    });
    this.#callers.set(caller, failed);
  }

  /** Lets one of the waiting requests go. */
  async send(choice: number, fate: Fate): Promise<void> {
    await this.#settle();
    if (this.#wire.waitingRequests === 0) return;
    const caller = await this.#wire.meetFate(choice % this.#wire.waitingRequests, fate);
    if (caller.state === 'dead') this.#callers.get(caller)?.();
    await this.#settle();
  }

  async #settle(): Promise<void> {
    await this.#wire.settle();
    for (const check of this.#told.splice(0)) check();
  }

  /** Answers whatever still waits, lets the followers read to the end, and checks what all were told together. */
  async finish(): Promise<void> {
    await this.#settle();
    while (this.#wire.waitingRequests > 0) await this.send(0, 'answered');
    this.turn(everything * 1_000);
    for (const [i, follower] of this.#followers.entries()) {
      for (let got = -1; got !== follower.got.length; ) {
        got = follower.got.length;
        this.startRead(i, 100);
        while (this.#wire.waitingRequests > 0 || follower.isReading) await this.send(0, 'answered');
      }
    }
    this.#apartTable.client.destroy();

    const texts = [...this.#known].map(([number, spelled]) => spelled.slice(`${number} `.length));
    expect(new Set(texts).size, 'each message under one number').toBe(texts.length);
    const mayBeDropped = (number: number) => number <= this.#dropsAsked;
    for (const { got } of this.#followers) {
      const missed = [...this.#known.keys()].filter((number) => !got.includes(number));
      expect(
        missed.filter((number) => !mayBeDropped(number)),
        'missed by a follower',
      ).toEqual([]);
    }
    for (const [number, followed] of this.#follows) {
      const between = [...this.#known.keys()].filter((other) => other > followed && other < number);
      expect(
        between.filter((other) => !mayBeDropped(other)),
        `between ${followed} and ${number}`,
      ).toEqual([]);
    }
  }
}
