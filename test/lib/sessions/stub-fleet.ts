import { Readable } from 'node:stream';
import { marshall } from '@aws-sdk/util-dynamodb';
import { sessionKeyOf } from '#lib/sessions/ids.ts';
import { openTable, type Table } from '#lib/table/client.ts';
import { fleetShards } from '#lib/table/keys.ts';
import { putPayload, putSession } from '#lib/table/session-requests.ts';
import { localDynamoDb } from '#test/support/table.ts';

/** A fleet as large as a test wants it, in no table: every shard of the index answers the same pages. */
export type StubFleet = {
  /** Sessions in each page of a shard, and pages in each shard; without a number, there is always another page. */
  readonly sessionsInPage: number;
  readonly pages?: number;
  /** Players in each session. */
  readonly players?: number;
};

type BatchGet = {
  readonly RequestItems: Readonly<
    Record<string, { readonly Keys: readonly { readonly pk: { S: string }; readonly sk: { S: string } }[] }>
  >;
};

export const stubFleetId = 'fleet-stub';

/** A table that holds nothing but such fleets; whichever fleet is asked for, its sessions are those. */
export function stubTable({ sessionsInPage, pages, players = 0 }: StubFleet): {
  readonly table: Table;
  /** Calls so far, by operation. */
  readonly calls: Map<string, number>;
  /** Ledgers read so far. */
  readonly ledgersRead: () => number;
} {
  const calls = new Map<string, number>();
  const counted = (operation: string) => calls.set(operation, (calls.get(operation) ?? 0) + 1);
  let named = 0;
  let ledgers = 0;
  const page = (limit = Infinity) => {
    const query = counted('Query').get('Query') ?? 0;
    const Items = Array.from({ length: Math.min(sessionsInPage, limit) }, () =>
      payloadItem(sessionKeyOf(`session-${named++}`)),
    );
    const isLast = pages !== undefined && query > (pages - 1) * fleetShards;
    return { Items, ...(isLast ? {} : { LastEvaluatedKey: { pk: { S: 'p' }, sk: { S: 's' } } }) };
  };
  const batch = (request: BatchGet) => {
    counted('BatchGetItem');
    const Keys = request.RequestItems['stub']?.Keys ?? [];
    const stub = Keys.map(({ pk, sk }) => {
      const sessionKey = pk.S.slice('SESSION#'.length);
      if (sk.S === 'PAYLOAD') return payloadItem(sessionKey);
      ledgers++;
      return ledgerItem(sessionKey, players);
    });
    return { Responses: { stub } };
  };
  const table = openTable('stub', {
    ...localDynamoDb('http://127.0.0.1:1'),
    requestHandler: {
      async handle({ headers, body }: { headers: Record<string, string>; body?: Uint8Array }) {
        const isQuery = headers['x-amz-target']?.endsWith('.Query') === true;
        const request = JSON.parse(new TextDecoder().decode(body));
        const answer = isQuery ? page(request.Limit) : batch(request);
        return {
          response: {
            statusCode: 200,
            headers: {},
            body: Readable.from([Buffer.from(JSON.stringify(answer))]),
          },
        };
      },
    },
  });
  return { table, calls, ledgersRead: () => ledgers };
}

function payloadItem(sessionKey: string) {
  const { Item } = putPayload(sessionKey, {
    fleetId: stubFleetId,
    fleetHash: 'stub',
    location: undefined,
    id: sessionKey,
    createdAt: 0,
    asked: '',
    name: sessionKey,
    creatorId: undefined,
    properties: undefined,
    protection: 'NoProtection',
    hasData: false,
    rev: 0,
    lookAt: 0,
  });
  return marshall(Item, { removeUndefinedValues: true });
}

function ledgerItem(sessionKey: string, players: number) {
  const session = { sessionKey, fleetHash: 'stub', status: 'ACTIVE', capacity: 200, createdAt: 0 } as const;
  const { Item } = putSession({ ...session, reservationTime: undefined });
  return marshall({ ...Item, open: 200 - players }, { removeUndefinedValues: true });
}
