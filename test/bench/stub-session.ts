import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as v from 'valibot';
import { rosterKeyOf, titleHash } from '#lib/rosters/ids.ts';
import { usualIdleTime } from '#lib/sessions/retention.ts';
import { putRosteredSession } from '#lib/table/rostered-requests.ts';
import { acceptedSeat } from '#lib/table/session-item.ts';
import { titleId } from './token-issuer.ts';

/** The one session with a roster that the stub knows. Nobody is ever in it before a join. */
export const stubSessionId = '702e5aaf-e7bd-4a7c-abea-9dd4be10edec';

const { Item: item } = putRosteredSession({
  sessionKey: rosterKeyOf(stubSessionId),
  sessionId: stubSessionId,
  titleId,
  titleHash: titleHash(titleId),
  creator: undefined,
  asked: '0123456789abcdefghij',
  createdAt: 1_300_000_000_000,
  capacity: 4,
  playersCanBeRemovedBy: 'Self',
  idleTime: usualIdleTime,
  facts: {
    variant: 1,
    displayName: 'Contoso Cards',
    customData: undefined,
    visibility: 'PlayersCurrentlyInSession',
    isClosed: false,
  },
});

export const stubSession = marshall(item, { removeUndefinedValues: true });

const AttributeValueShape = v.custom<AttributeValue>((value) => typeof value === 'object' && value !== null);
const Join = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    ExpressionAttributeValues: v.object({
      ':place0': AttributeValueShape,
      ':newcomers': v.object({ L: v.tuple([v.object({ S: v.string() })]) }),
    }),
  }),
);

/** The session once the one newcomer of this update is in. */
export function stubSessionJoined(update: string): Readonly<Record<string, AttributeValue>> {
  const { ':place0': place, ':newcomers': newcomers } = v.parse(Join, update).ExpressionAttributeValues;
  const token = newcomers.L[0].S;
  return {
    ...stubSession,
    open: { N: '3' },
    s: { M: { [token]: { N: String(acceptedSeat) } } },
    r: { M: { [token]: place } },
    o: newcomers,
  };
}
