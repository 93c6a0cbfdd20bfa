import { isRecord } from '#lib/wire/record.ts';
import { memberOf } from './member-names.ts';
import { type ServerAnswer, statuses } from './request.ts';

/** What every message of a server process says of itself, as far as it does. */
export type Envelope = { readonly action: string | undefined; readonly requestId: string | undefined };

export type ReadMessage =
  | ({ readonly kind: 'message'; readonly message: Readonly<Record<string, unknown>> } & Envelope)
  | { readonly kind: 'malformed'; readonly reason: string };

/** Reads a message: one JSON object. */
export function readMessage(text: string): ReadMessage {
  const message = parse(text);
  if (!isRecord(message)) return { kind: 'malformed', reason: 'A message must be one JSON object.' };
  return {
    kind: 'message',
    message,
    action: textOf(memberOf(message, 'Action')),
    requestId: textOf(memberOf(message, 'RequestId')),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Longer than anything that the SDKs send, and short enough to be sent back. */
const longestName = 256;

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value.length <= longestName ? value : undefined;

/**
 * The answer to a request, on which the SDKs wait by its RequestId; some read the results by the Action. What answers a
 * message without a RequestId reads as an event that no SDK knows, and is passed over.
 */
export const spellAnswer = ({ action, requestId }: Envelope, answer: ServerAnswer): string =>
  JSON.stringify({
    Action: action,
    RequestId: requestId,
    ...(answer.kind === 'answered'
      ? { StatusCode: statuses.ok, ...answer.members }
      : { StatusCode: answer.status, ErrorMessage: answer.message }),
  });
