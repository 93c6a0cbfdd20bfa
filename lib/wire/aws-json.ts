import { type WireError, wireErrors } from './errors.ts';
import type { Output } from './output.ts';
import { isRecord } from './record.ts';

/**
 * The AWS JSON 1.1 spelling of requests and answers, as the Smithy specification describes it
 * (https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html).
 */
export const awsJsonContentType = 'application/x-amz-json-1.1';

export type Decoded =
  | { readonly kind: 'ok'; readonly value: Readonly<Record<string, unknown>> }
  | { readonly kind: 'malformed'; readonly message: string };

/** Keeps nothing between calls, since it is never asked to stream. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads a request's body. Callers of operations without input may send none. */
export function decodeAwsJson(body: Uint8Array): Decoded {
  if (body.length === 0) return { kind: 'ok', value: {} };
  try {
    const value: unknown = JSON.parse(utf8.decode(body));
    return isRecord(value)
      ? { kind: 'ok', value }
      : { kind: 'malformed', message: 'The request body must be a JSON object' };
  } catch {
    // The parser's own message quotes the body, which may hold a player's data.
    return { kind: 'malformed', message: 'The request body is not JSON in UTF-8' };
  }
}

/** Writes an answer's body. A time is spelled in seconds since 1970, with its milliseconds as a fraction. */
export function encodeAwsJson(output: Output): string {
  return JSON.stringify(output, spellTime);
}

/** Writes an error's body, and tells the HTTP status that belongs to it. */
export function encodeErrorAwsJson(error: WireError): { readonly status: number; readonly body: string } {
  const { status, messageMember } = wireErrors[error.name];
  return { status, body: JSON.stringify({ __type: error.name, [messageMember]: error.message }) };
}

/** By the time a replacer sees a date it is a string already; the object that holds it still has the date. */
function spellTime(this: Readonly<Record<string, unknown>>, member: string, value: unknown): unknown {
  const given = this[member];
  return given instanceof Date ? given.getTime() / 1000 : value;
}
