import type { ChangeRecord } from '#infra/local/stream-records.ts';

/** When the records below came about, epoch milliseconds. */
export const madeAt = Date.UTC(2026, 10, 22);

/** A change of an item, of this number in its shard. */
export const madeRecord = (number: number, more: object = {}): ChangeRecord => ({
  eventName: 'INSERT',
  dynamodb: {
    SequenceNumber: String(number),
    ApproximateCreationDateTime: madeAt / 1000,
    NewImage: { number: { N: String(number) } },
    ...more,
  },
});

export const numberOf = ({
  dynamodb,
}: {
  readonly dynamodb?: { readonly SequenceNumber?: string | undefined } | undefined;
}) => Number(dynamodb?.SequenceNumber);
