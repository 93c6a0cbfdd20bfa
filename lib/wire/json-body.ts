import { isRecord } from './record.ts';
import type { Decoded } from './spelling.ts';

/** Keeps nothing between calls, since it is never asked to stream. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads the members of a request from a body in JSON. Callers of operations without input may send none.
 *
 * @param parse what to read the text with, where JSON.parse would lose something
 */
export function decodeJsonBody(body: Uint8Array, parse: (text: string) => unknown = JSON.parse): Decoded {
  if (body.length === 0) return { kind: 'ok', value: {} };
  try {
    const value = parse(utf8.decode(body));
    return isRecord(value)
      ? { kind: 'ok', value }
      : { kind: 'malformed', message: 'The request body must be a JSON object' };
  } catch {
    // The parser's own message quotes the body.
    return { kind: 'malformed', message: 'The request body is not JSON in UTF-8' };
  }
}
