import { createHmac, timingSafeEqual } from 'node:crypto';

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/** What the service model allows a token, in characters. */
const longestToken = 1024;
const sealBytes = 32;
/** What fits into the longest token beside the seal: base64 spells three bytes in four characters. */
const mostPositionBytes = (longestToken / 4) * 3 - sealBytes;

/**
 * Makes the token that continues a listing. It says where the page ended, and only a listing of the same scope takes it
 * back.
 *
 * @param key the secret that seals it
 * @param scope what is listed: the operation and the parameters that choose its results
 * @param position where the page ended, at most 736 bytes as JSON; a longer one throws
 * @returns 1 to 1,024 characters of base64url
 */
export function sealPageToken(key: string, scope: string, position: JsonValue): string {
  const text = Buffer.from(JSON.stringify(position));
  if (text.length > mostPositionBytes) {
    throw new RangeError(`A page's position takes ${text.length} bytes, more than ${mostPositionBytes}`);
  }
  return Buffer.concat([seal(key, scope, text), text]).toString('base64url');
}

/** The position that the token holds, or undefined unless the same key sealed it for the same scope. */
export function openPageToken(key: string, scope: string, token: string): JsonValue | undefined {
  const bytes = Buffer.from(token, 'base64url');
  // Decoding passes over characters that are not base64url; only the very spelling that was handed out is taken back.
  if (bytes.length <= sealBytes || bytes.toString('base64url') !== token) return undefined;
  const text = bytes.subarray(sealBytes);
  if (!timingSafeEqual(bytes.subarray(0, sealBytes), seal(key, scope, text))) return undefined;
  // What the seal fits was written by sealPageToken.
  const position: JsonValue = JSON.parse(text.toString());
  return position;
}

/** The scope goes in as a JSON string, which ends where it ends: no scope and position read like another pair. */
function seal(key: string, scope: string, position: Uint8Array): Buffer {
  return createHmac('sha256', key).update(JSON.stringify(scope)).update(position).digest();
}
