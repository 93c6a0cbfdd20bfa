import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  type DynamoDBClientConfig,
} from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  type DeleteCommandInput,
  DynamoDBDocumentClient,
  PutCommand,
  type PutCommandInput,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';

/** The one table, and the client that reaches it. */
export type Table = { readonly name: string; readonly client: DynamoDBDocumentClient };

/** An item as it came from DynamoDB, not yet parsed. */
export type StoredItem = Readonly<Record<string, unknown>>;

/** A request without its table: what the pure builders of this folder make and the senders complete. */
export type UpdateRequest = Omit<UpdateCommandInput, 'TableName'>;
export type PutRequest = Omit<PutCommandInput, 'TableName'>;
export type DeleteRequest = Omit<DeleteCommandInput, 'TableName'>;

/**
 * How a conditional write ended. `refused` carries the item as it was when the condition failed, so that nobody needs
 * a second read to learn why; it is undefined where there was no item. `mayBeDone` says that an earlier try of the same
 * write may have been carried out: what the image shows may be its own work.
 */
export type ConditionalWrite =
  | { readonly kind: 'written'; readonly attributes: StoredItem | undefined }
  | { readonly kind: 'refused'; readonly image: StoredItem | undefined; readonly mayBeDone: boolean };

/**
 * Opens the table. The SDK retries throttling, timeouts and lost connections with jitter, three attempts in all; a
 * retry after a write whose answer was lost meets its own condition, which the ledger reads as a replay.
 *
 * A call waits 1 s for a connection, the turn in the pool of 50 included, and 1 s for its answer: about 3 s with all
 * attempts, whichever of the two does not come. Three calls, which a reservation takes at a cold start, end before the
 * function's 10 s do.
 */
export function openTable(name: string, config: DynamoDBClientConfig = {}): Table {
  const client = new DynamoDBClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 1_000, throwOnRequestTimeout: true },
    ...config,
  });
  return {
    name,
    client: DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } }),
  };
}

/** Sends one conditional UpdateItem: one call, no matter how it ends. */
export function sendUpdate(table: Table, request: UpdateRequest): Promise<ConditionalWrite> {
  return settle(
    table.client.send(
      new UpdateCommand({
        ...request,
        TableName: table.name,
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
}

/** Sends one conditional PutItem: one call, no matter how it ends. */
export function sendPut(table: Table, request: PutRequest): Promise<ConditionalWrite> {
  return settle(
    table.client.send(
      new PutCommand({ ...request, TableName: table.name, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
    ),
  );
}

/** Sends one conditional DeleteItem: one call, no matter how it ends. */
export function sendDelete(table: Table, request: DeleteRequest): Promise<ConditionalWrite> {
  return settle(
    table.client.send(
      new DeleteCommand({
        ...request,
        TableName: table.name,
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
}

/** The item that was in the way of a write, or undefined where there was none. */
export const itemInTheWay = (write: ConditionalWrite): StoredItem | undefined =>
  write.kind === 'refused' ? write.image : undefined;

/** The item as it is now, whether this write has made it so or was refused; undefined where there is none. */
export const itemBehind = (write: ConditionalWrite): StoredItem | undefined =>
  write.kind === 'written' ? write.attributes : write.image;

async function settle(
  sent: Promise<{ readonly Attributes?: StoredItem | undefined }>,
): Promise<ConditionalWrite> {
  try {
    return { kind: 'written', attributes: (await sent).Attributes };
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) {
      // The document client leaves the item of an exception as it came.
      const mayBeDone = (error.$metadata.attempts ?? 1) > 1;
      return { kind: 'refused', image: error.Item && unmarshall(error.Item), mayBeDone };
    }
    throw error;
  }
}

const throttlingErrors: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TransactionConflictException',
]);

/** Whether DynamoDB turned a request away for its rate, after the SDK's own retries. */
export function isThrottling(error: unknown): boolean {
  return error instanceof Error && throttlingErrors.has(error.name);
}
