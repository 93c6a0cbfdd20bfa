import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  PutCommand,
  type PutCommandInput,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { keptToken } from '#lib/sessions/ids.ts';
import { dueShard } from '#lib/table/keys.ts';

/** What the benchmark measures against: the two writes of a reservation by the AWS SDK, and nothing around them. */
export type BareReservation = {
  readonly sessionKey: string;
  readonly sessionReference: string;
  readonly token: string;
  readonly playerId: string;
  readonly playerHash: string;
  /** Epoch milliseconds. */
  readonly now: number;
};

/** A client set up as the service's own. */
export const bareClient = (config: DynamoDBClientConfig = {}): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(
    new DynamoDBClient({
      maxAttempts: 3,
      requestHandler: { connectionTimeout: 500, requestTimeout: 2_000, throwOnRequestTimeout: true },
      ...config,
    }),
    { marshallOptions: { removeUndefinedValues: true } },
  );

/** Reserves one slot, and throws when it cannot. */
export async function reserveBare(
  client: DynamoDBDocumentClient,
  tableName: string,
  reservation: BareReservation,
): Promise<void> {
  await client.send(new UpdateCommand({ TableName: tableName, ...ledgerWrite(reservation) }));
  await client.send(new PutCommand({ TableName: tableName, ...playerWrite(reservation) }));
}

export const ledgerWrite = (
  { sessionKey, token, playerId, now }: BareReservation,
  kept = keptToken(playerId),
): Omit<UpdateCommandInput, 'TableName'> => ({
  Key: { pk: `SESSION#${sessionKey}`, sk: 'SESSION' },
  ConditionExpression: `st = :active AND attribute_not_exists(deny) AND #open >= :fromOpen AND attribute_not_exists(s.#${token}) AND attribute_not_exists(s.#${kept})`,
  UpdateExpression: `SET v = v + :events, t = :now, #open = #open - :fromOpen, s.#${token} = if_not_exists(rt, :usualTime) + :now, #l = :shard, #dt = if_not_exists(#dt, :lookAt), h = if_not_exists(h, :nowhere)`,
  ExpressionAttributeNames: {
    '#open': 'open',
    [`#${token}`]: token,
    [`#${kept}`]: kept,
    '#l': 'l',
    '#dt': 'dt',
  },
  ExpressionAttributeValues: {
    ':usualTime': 60_000,
    ':now': now,
    ':active': 'ACTIVE',
    ':fromOpen': 1,
    ':events': 1,
    ':shard': dueShard(sessionKey),
    ':lookAt': String(now + 60_000),
    ':nowhere': '',
  },
  ReturnValues: 'UPDATED_NEW',
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
});

export const playerWrite = ({
  sessionKey,
  sessionReference,
  token,
  playerId,
  playerHash,
  now,
}: BareReservation): Omit<PutCommandInput, 'TableName'> => ({
  Item: {
    pk: `PLAYERS#${sessionKey}`,
    sk: token,
    id: playerId,
    ref: sessionReference,
    created: now,
    deadline: now + 60_000,
    p: playerHash,
    pc: String(now),
  },
  ConditionExpression: 'attribute_not_exists(pk)',
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
});
