import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { changeRecord } from '#infra/local/stream-records.ts';
import type { StoredItem, Table } from '#lib/table/client.ts';
import { type ItemKey, keyOf } from '#lib/table/keys.ts';
import { getItem } from '#lib/table/reads.ts';
import { timeToLive } from '#lib/table/schema.ts';

/** What the table's stream would show of the items that a test looks at, as Lambda hands it over. */
export class TableStream {
  readonly #table: Table;
  readonly #images = new Map<string, StoredItem>();
  #records = 0;

  constructor(table: Table) {
    this.#table = table;
  }

  /** The record of what was written to an item since the last look at it; none where nothing was. */
  async look(key: ItemKey): Promise<readonly DynamoDBRecord[]> {
    const name = JSON.stringify(key);
    const before = this.#images.get(name);
    const after = await getItem(this.#table, key);
    if (after === undefined) this.#images.delete(name);
    else this.#images.set(name, after);
    const isSame = JSON.stringify(before) === JSON.stringify(after);
    return isSame ? [] : [this.record(before, after)];
  }

  /** The record of a write of the test's own invention. At least one of the two images is there. */
  record(before: StoredItem | undefined, after: StoredItem | undefined): DynamoDBRecord {
    const eventName = before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY';
    const image = (item: StoredItem) => marshall(item, { removeUndefinedValues: true });
    return changeRecord(
      {
        eventName,
        dynamodb: {
          Keys: image(keyOf(after ?? before ?? {})),
          ...(before && { OldImage: image(before) }),
          ...(after && { NewImage: image(after) }),
          SequenceNumber: String(++this.#records),
        },
      },
      { streamArn: 'arn:aws:dynamodb:us-east-1:123456789012:table/t/stream/s', timeToLive, now: Date.now() },
    );
  }
}
