import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import { expect } from 'vitest';
import type { DomainEvent } from '#functions/cleanup/on-change/event-schemas.ts';
import { onChange } from '#functions/cleanup/on-change/on-change.ts';
import { mostAtOnce } from '#functions/cleanup/on-change/publish.ts';
import type { LogAttributes } from '#functions/log.ts';
import type { Counts } from '#functions/meter.ts';
import type { Table } from '#lib/table/client.ts';
import type { DynamoDbWire } from '#test/support/dynamodb-wire.ts';
import { eventErrors } from '#test/support/event-schemas.ts';
import { newTable } from '#test/support/table.ts';
import { TableStream } from './table-stream.ts';

/** The session's name in the id of an event. */
export const sessionIn = ({ detail }: DomainEvent): string => detail.id.split('.').slice(0, 2).join('.');

/** What consumes the stream of a table of its own, a bus that takes what it is told to, and all that it says. */
export class OnChangeUnderTest {
  readonly table: Table;
  readonly wire: DynamoDbWire;
  readonly stream: TableStream;
  /** The events of each call that the bus was given, those that it refused among them. */
  readonly calls: (readonly DomainEvent[])[] = [];
  /** What the bus has taken. */
  readonly taken: DomainEvent[] = [];
  readonly counted: Counts[] = [];
  readonly logged: (readonly [message: string, attributes: LogAttributes])[] = [];
  /** Why the bus does not take an event. */
  refuses: (event: DomainEvent) => string | undefined = () => undefined;
  #instance: ReturnType<typeof onChange>;

  private constructor(table: Table, wire: DynamoDbWire) {
    this.table = table;
    this.wire = wire;
    this.stream = new TableStream(table);
    this.#instance = this.#start();
  }

  static async start(): Promise<OnChangeUnderTest> {
    const { table, wire } = await newTable();
    return new OnChangeUnderTest(table, wire);
  }

  /** Goes on with a function instance that remembers nothing. */
  restart(): void {
    this.#instance = this.#start();
  }

  #start() {
    const log = (message: string, attributes: LogAttributes = {}) => {
      this.logged.push([message, attributes]);
    };
    return onChange({
      table: this.table,
      publish: async (events) => this.#publish(events),
      deployment: { region: 'us-east-1', accountId: '123456789012' },
      meter: (counts) => {
        this.counted.push(counts);
      },
      now: Date.now,
      log: { info: log, warn: log, error: log },
    });
  }

  /** What holds of each call, whatever the test is about. */
  #publish(events: readonly DomainEvent[]): readonly (string | undefined)[] {
    expect(events.length).toBeLessThanOrEqual(mostAtOnce);
    expect(new Set(events.map(sessionIn)).size, 'sessions in a call').toBe(events.length);
    const errors = events.flatMap(({ detailType, detail }) =>
      eventErrors({ 'detail-type': detailType, detail }),
    );
    expect(errors).toEqual([]);
    this.calls.push(events);
    const refusals = events.map((event) => this.refuses(event));
    this.taken.push(...events.filter((_, i) => refusals[i] === undefined));
    return refusals;
  }

  /** Delivers a batch. The events that were taken by it are in `taken`. */
  deliver(...records: readonly DynamoDBRecord[]): Promise<DynamoDBBatchResponse> {
    this.calls.length = 0;
    this.taken.length = 0;
    return this.#instance({ Records: [...records] });
  }
}

/** A line for each event: its number, its kind. */
export const linesOf = (events: readonly DomainEvent[]): readonly string[] =>
  events.map(({ detailType, detail }) => `${'number' in detail ? detail.number : '-'} ${detailType}`);
