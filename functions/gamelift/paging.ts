import * as v from 'valibot';
import { positionPlace } from '#functions/position-place.ts';
import type { JsonValue } from '#lib/wire/page-token.ts';
import type { Call } from './operation.ts';

/**
 * Entries in a page where the caller names no number, and the most that one page holds. GameLift documents neither; this
 * is what its server SDKs ask for at most, so that a session's players fit into one page.
 */
const largestPage = 1_024;

export const pageSize = (limit: number | undefined): number => Math.min(limit ?? largestPage, largestPage);

/** Where a list goes on that is read shard by shard. */
export const shardPlace = v.object({ shard: v.number(), position: v.nullable(positionPlace) });

export type From<T> = { readonly kind: 'from'; readonly place: T | undefined } | { readonly kind: 'bad' };

/** Reads the place at which a page begins: the very beginning where there is no token. */
export function openPage<T>(
  call: Call,
  list: JsonValue,
  token: string | undefined,
  place: v.GenericSchema<unknown, T>,
): From<T> {
  if (token === undefined) return { kind: 'from', place: undefined };
  const opened = v.safeParse(place, call.pageTokens.open(list, token));
  return opened.success ? { kind: 'from', place: opened.output } : { kind: 'bad' };
}

/** The token with which the caller goes on, or undefined at the end. */
export const sealNext = (call: Call, list: JsonValue, next: JsonValue | undefined): string | undefined =>
  next === undefined ? undefined : call.pageTokens.seal(list, next);
