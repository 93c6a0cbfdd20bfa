import { shortHash } from '#lib/sessions/ids.ts';
import type { ServerCall } from './request.ts';

/**
 * Stands for one request of one process, over its retries: what it has done is marked with it, so that a retry is told from
 * another request. Undefined for a message that has no RequestId.
 */
export const requestMark = ({ address, requestId }: ServerCall): string | undefined =>
  requestId === undefined
    ? undefined
    : shortHash(`${address.computeKey}/${address.processHash}/${requestId}`, 14);
