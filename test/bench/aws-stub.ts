import type { HttpRequest, HttpResponse } from '@smithy/types';
import * as v from 'valibot';
import { localAccessKey } from '#infra/local/account.ts';
import { stubSession, stubSessionJoined } from './stub-session.ts';

type Stubbed = { readonly contentType: string; readonly body: Uint8Array };

/**
 * Answers every write of DynamoDB with success, and Secrets Manager with the local access key: nothing but the SDK and
 * what is around it is left to measure. The write that takes a seat is told until when it has it, and a join finds one
 * session with a roster, whatever session it asks for.
 */
export function stubAnswer(target: string, body: Uint8Array): Stubbed {
  if (target.startsWith('secretsmanager.')) return secret;
  if (target.endsWith('.GetItem')) return json(dynamoDb, { Item: stubSession });
  const text = new TextDecoder().decode(body);
  if (text.includes('ALL_NEW')) return json(dynamoDb, { Attributes: stubSessionJoined(text) });
  return text.includes('UPDATED_NEW') ? seatTaken(v.parse(seatWrite, text)) : written;
}

const json = (contentType: string, value: unknown): Stubbed => ({
  contentType,
  body: Buffer.from(JSON.stringify(value)),
});
const dynamoDb = 'application/x-amz-json-1.0';
const written = json(dynamoDb, {});

const seatWrite = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    ExpressionAttributeNames: v.record(v.string(), v.string()),
    ExpressionAttributeValues: v.object({
      ':now': v.object({ N: v.string() }),
      ':usualTime': v.object({ N: v.string() }),
      ':lookAt': v.object({ S: v.string() }),
    }),
  }),
);

/** Names in a seat's write that are no tokens. */
const attributes: ReadonlySet<string> = new Set(['open', 'l', 'dt']);

function seatTaken({
  ExpressionAttributeNames: names,
  ExpressionAttributeValues: values,
}: v.InferOutput<typeof seatWrite>): Stubbed {
  const deadline = { N: String(Number(values[':now'].N) + Number(values[':usualTime'].N)) };
  const tokens = Object.values(names).filter((name) => !attributes.has(name));
  const s = { M: Object.fromEntries(tokens.map((token) => [token, deadline])) };
  const changed = { open: { N: '3' }, s, v: { N: '1' }, dt: values[':lookAt'] };
  return json(dynamoDb, { Attributes: changed });
}

const secret = json('application/x-amz-json-1.1', {
  SecretString: JSON.stringify({ [localAccessKey.id]: localAccessKey.secret }),
});

/** The stub in the place of the SDK's HTTP layer. */
export const stubHandler = (observe: (request: HttpRequest) => void = () => {}) => ({
  async handle(request: HttpRequest): Promise<{ response: HttpResponse }> {
    observe(request);
    const { contentType, body } = stubAnswer(request.headers['x-amz-target'] ?? '', request.body);
    return { response: { statusCode: 200, headers: { 'content-type': contentType }, body } };
  },
  updateHttpClientConfig() {},
  httpHandlerConfigs: () => ({}),
});
