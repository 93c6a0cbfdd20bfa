import * as v from 'valibot';
import type { Position } from '#lib/table/reads.ts';
import { type JsonValue, openPageToken, sealPageToken } from '#lib/wire/page-token.ts';

/** Tokens that only the caller who got them can use, and only to go on with the same list. */
export type PageTokens = {
  seal(list: JsonValue, place: JsonValue): string;
  open(list: JsonValue, token: string): JsonValue | undefined;
};

/** The tokens of a caller, sealed by a secret of that caller's own. */
export const pageTokensOf = (secret: string): PageTokens => ({
  seal: (list, place) => sealPageToken(secret, JSON.stringify(list), place),
  open: (list, token) => openPageToken(secret, JSON.stringify(list), token),
});

type Caller = { readonly pageTokens: PageTokens };

/** Where a list goes on that one query reads. */
export const positionPlace: v.GenericSchema<Position> = v.record(v.string(), v.string());

export type From<T> = { readonly kind: 'from'; readonly place: T | undefined } | { readonly kind: 'bad' };

/** Reads the place at which a page begins: the very beginning where there is no token. */
export function openPage<T>(
  { pageTokens }: Caller,
  list: JsonValue,
  token: string | undefined,
  place: v.GenericSchema<unknown, T>,
): From<T> {
  if (token === undefined) return { kind: 'from', place: undefined };
  const opened = v.safeParse(place, pageTokens.open(list, token));
  return opened.success ? { kind: 'from', place: opened.output } : { kind: 'bad' };
}

/** The token with which the caller goes on, or undefined at the end. */
export const sealNext = (
  { pageTokens }: Caller,
  list: JsonValue,
  next: JsonValue | undefined,
): string | undefined => (next === undefined ? undefined : pageTokens.seal(list, next));
