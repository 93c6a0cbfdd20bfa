import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto';

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/** What the service model allows a token, in characters. */
const longestToken = 1024;
const algorithm = 'aes-256-gcm';
const nonceBytes = 16;
const tagBytes = 16;
/** What fits into the longest token beside the nonce and the tag: base64 spells three bytes in four characters. */
const mostPositionBytes = (longestToken / 4) * 3 - nonceBytes - tagBytes;

/**
 * Makes the token that continues a listing. It says where the page ended, which it shows to nobody: that can be the key of
 * what the caller may not see. Only a listing of the same scope takes it back.
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
  // It follows from what it is used for, and so is used twice for the same alone.
  const nonce = createHmac('sha256', key)
    .update(bytesOf(scope))
    .update(text)
    .digest()
    .subarray(0, nonceBytes);
  const cipher = createCipheriv(algorithm, cipherKey(key), nonce).setAAD(bytesOf(scope));
  const hidden = Buffer.concat([cipher.update(text), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), hidden]).toString('base64url');
}

/** The position that the token holds, or undefined unless the same key sealed it for the same scope. */
export function openPageToken(key: string, scope: string, token: string): JsonValue | undefined {
  const bytes = Buffer.from(token, 'base64url');
  // Decoding passes over characters that are not base64url; only the very spelling that was handed out is taken back.
  if (bytes.length <= nonceBytes + tagBytes || bytes.toString('base64url') !== token) return undefined;
  const nonce = bytes.subarray(0, nonceBytes);
  const decipher = createDecipheriv(algorithm, cipherKey(key), nonce, { authTagLength: tagBytes })
    .setAAD(bytesOf(scope))
    .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  const text = decipher.update(bytes.subarray(nonceBytes + tagBytes));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  // What the tag fits was written by sealPageToken.
  const position: JsonValue = JSON.parse(text.toString());
  return position;
}

const cipherKey = (key: string): Buffer => createHash('sha256').update(key).digest();

/** As a JSON string, which ends where it ends: no scope and position read like another pair. */
const bytesOf = (scope: string): Buffer => Buffer.from(JSON.stringify(scope));
