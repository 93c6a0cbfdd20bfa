import type { WireError } from './errors.ts';
import type { Output } from './output.ts';

/**
 * One way to write requests and answers. Every spelling says the same: what a request asks for is checked and carried out
 * without knowing in which of them it came.
 */
export interface Spelling {
  /** Of requests and answers alike. */
  readonly contentType: string;
  /** The headers of every answer, also of one that refuses. */
  readonly headers: Readonly<Record<string, string>>;
  /** Reads a request's body. No body at all means no members. */
  decode(body: Uint8Array): Decoded;
  encodeAnswer(output: Output): Encoded;
  encodeError(error: WireError): Encoded;
}

export type Decoded =
  | { readonly kind: 'ok'; readonly value: Readonly<Record<string, unknown>> }
  /** The message quotes nothing of the body, which may hold a player's data. */
  | { readonly kind: 'malformed'; readonly message: string };

/** An answer on its way out: the HTTP status, and text or bytes. */
export type Encoded = { readonly status: number; readonly body: string | Uint8Array };
