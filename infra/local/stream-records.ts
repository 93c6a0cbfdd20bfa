import type { AttributeValue, _Record as StreamsRecord } from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBRecord, AttributeValue as LambdaValue } from 'aws-lambda';
import { region } from './account.ts';

/** A change as Lambda hands it over. That its number and its time are there is more than the types say. */
export type ChangeRecord = DynamoDBRecord & {
  readonly dynamodb: {
    readonly SequenceNumber: string;
    /** Epoch seconds. */
    readonly ApproximateCreationDateTime: number;
  };
};

/** At least one. */
export type Records = readonly [ChangeRecord, ...ChangeRecord[]];

export function lastOf(records: Records): ChangeRecord {
  return records.at(-1) ?? records[0];
}

export type RecordSource = {
  /** How records name the stream. */
  readonly streamArn: string;
  /** The attribute with the epoch seconds after which an item may be removed. */
  readonly timeToLive: string | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
};

/** DynamoDB itself, removing what is past its time. */
const timeToLiveIdentity = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };

/**
 * What Lambda makes of a record that DynamoDB Local's stream holds.
 *
 * Removals by DynamoDB Local's own time to live have a name there that the SDK does not know, and neither they nor those of
 * time-to-live.ts say by whom. The item does: nobody else removes what is past its time.
 */
export function changeRecord(
  record: StreamsRecord,
  { streamArn, timeToLive, now }: RecordSource,
): ChangeRecord {
  const { eventName, dynamodb: change = {} } = record;
  const isRemoval = eventName !== 'INSERT' && eventName !== 'MODIFY';
  const endOfLife = timeToLive === undefined ? undefined : change.OldImage?.[timeToLive]?.N;
  const isPastItsTime = endOfLife !== undefined && Number(endOfLife) * 1000 <= now;
  return {
    eventID: record.eventID,
    eventName: isRemoval ? 'REMOVE' : eventName,
    eventVersion: record.eventVersion,
    eventSource: record.eventSource,
    awsRegion: region,
    ...(isRemoval && isPastItsTime && { userIdentity: timeToLiveIdentity }),
    dynamodb: {
      ApproximateCreationDateTime: (change.ApproximateCreationDateTime?.getTime() ?? now) / 1000,
      ...(change.Keys && { Keys: spellItem(change.Keys) }),
      ...(change.NewImage && { NewImage: spellItem(change.NewImage) }),
      ...(change.OldImage && { OldImage: spellItem(change.OldImage) }),
      SequenceNumber: change.SequenceNumber ?? '',
      SizeBytes: change.SizeBytes,
      StreamViewType: change.StreamViewType,
    },
    eventSourceARN: streamArn,
  };
}

function spellItem(item: Readonly<Record<string, AttributeValue>>): Record<string, LambdaValue> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, spell(value)]));
}

/** JSON carries no bytes: they are in Base64. DynamoDB Local's streams leave an empty map out, and its type with it. */
function spell(value: AttributeValue): LambdaValue {
  if (Object.keys(value).length === 0) return { M: {} };
  if (value.B !== undefined) return { B: base64(value.B) };
  if (value.BS !== undefined) return { BS: value.BS.map(base64) };
  if (value.L !== undefined) return { L: value.L.map(spell) };
  if (value.M !== undefined) return { M: spellItem(value.M) };
  if (value.$unknown !== undefined) throw new Error(`A record has an attribute of type ${value.$unknown[0]}`);
  return value;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
