import { randomBytes } from 'node:crypto';
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { gameSessionReference } from '#functions/identifiers.ts';
import { createFleet } from '#lib/fleets/fleets.ts';
import { createLocation } from '#lib/fleets/locations.ts';
import { fleetHash, sessionKeyOf } from '#lib/sessions/ids.ts';
import { usualIdleTime } from '#lib/sessions/retention.ts';
import type { StoredItem, Table } from '#lib/table/client.ts';
import { acceptedSeat } from '#lib/table/session-item.ts';
import { putPayload, putSession } from '#lib/table/session-requests.ts';
import { atOnce } from '#test/support/at-once.ts';

const location = 'custom-bench';
const slots = 8;

/** Items in one BatchWriteItem, and such calls at a time. */
const batchSize = 25;
const batchesAtOnce = 8;

/**
 * A fleet of sessions as a lobby meets them: of 8 slots each, every fourth one full and the others with none to seven
 * players in them, with three properties of which one has the value `yes` in every hundredth.
 */
export async function fillFleet(table: Table, sessions: number): Promise<string> {
  const fleetId = `fleet-bench-${sessions}`;
  const createdAt = Date.now();
  await createLocation(table, { name: location, createdAt, createdBy: 'bench' });
  await createFleet(table, {
    fleetId,
    name: 'Bench',
    createdAt,
    locations: [location],
    protectionPolicy: 'NoProtection',
  });
  const items = Array.from({ length: sessions }, (_, number) => sessionItems(fleetId, number)).flat();
  await atOnce(batchesAtOnce, Math.ceil(items.length / batchSize), async (batch) => {
    const part = items.slice(batch * batchSize, (batch + 1) * batchSize);
    const RequestItems = { [table.name]: part.map((Item) => ({ PutRequest: { Item } })) };
    const { UnprocessedItems = {} } = await table.client.send(new BatchWriteCommand({ RequestItems }));
    if (Object.keys(UnprocessedItems).length > 0) throw new Error('DynamoDB has left out items of a batch');
  });
  return fleetId;
}

function sessionItems(fleetId: string, number: number): readonly StoredItem[] {
  const id = `gsess-${number}`;
  const sessionKey = sessionKeyOf(gameSessionReference({ fleetId, location, id }));
  const createdAt = Date.now() + number;
  const players = number % 4 === 0 ? slots : number % slots;
  const payload = putPayload(sessionKey, {
    fleetId,
    fleetHash: fleetHash(fleetId),
    location,
    id,
    createdAt,
    asked: randomBytes(10).toString('hex'),
    name: `Game ${number}`,
    creatorId: undefined,
    properties: [
      { key: 'mode', value: number % 2 === 0 ? 'duel' : 'team' },
      { key: 'map', value: `map-${number % 7}` },
      { key: 'rare', value: number % 100 === 50 ? 'yes' : 'no' },
    ],
    protection: 'NoProtection',
    hasData: false,
    rev: 0,
    idle: usualIdleTime,
    lookAt: createdAt + usualIdleTime,
  });
  const session = putSession({
    sessionKey,
    fleetHash: fleetHash(fleetId),
    status: 'ACTIVE',
    capacity: slots,
    createdAt,
    reservationTime: undefined,
  });
  const tokens = Array.from({ length: players }, () => randomBytes(6).toString('hex').slice(0, 11));
  const s = Object.fromEntries(tokens.map((token) => [token, acceptedSeat]));
  return [payload.Item ?? {}, { ...session.Item, open: slots - players, s }];
}
