import * as v from 'valibot';
import { requestHash } from '#lib/sessions/ids.ts';

export type From<Place> =
  | { readonly kind: 'from'; readonly place: Place | undefined }
  | { readonly kind: 'bad' };

/**
 * The token that continues a list: a place, and of which list it is one.
 *
 * It is not sealed, as GameLift's page tokens are: it says nothing that its caller may not know, and whoever makes one up
 * reads on in a list that the caller may read anyway, since what is listed follows from the request and the place says only
 * where. That it belongs to the list guards against mistakes.
 *
 * @param list all that says what is listed
 * @returns base64url
 */
export const spellToken = (list: readonly unknown[], place: unknown): string =>
  Buffer.from(JSON.stringify([requestHash(list), place])).toString('base64url');

/** Reads where a page begins: at the very beginning where there is no token. */
export function readToken<Place>(
  list: readonly unknown[],
  token: string | undefined,
  place: v.GenericSchema<unknown, Place>,
): From<Place> {
  if (token === undefined) return { kind: 'from', place: undefined };
  const Token = v.pipe(v.string(), v.parseJson(), v.strictTuple([v.literal(requestHash(list)), place]));
  const read = v.safeParse(Token, Buffer.from(token, 'base64url').toString());
  return read.success ? { kind: 'from', place: read.output[1] } : { kind: 'bad' };
}
