import * as v from 'valibot';
import { positionPlace } from '#functions/page-tokens.ts';

/**
 * Entries in a page where the caller names no number, and the most that one page holds. GameLift documents neither; this
 * is what its server SDKs ask for at most, so that a session's players fit into one page.
 */
const largestPage = 1_024;

export const pageSize = (limit: number | undefined): number => Math.min(limit ?? largestPage, largestPage);

/** Where a list goes on that is read shard by shard. */
export const shardPlace = v.object({ shard: v.number(), position: v.nullable(positionPlace) });
