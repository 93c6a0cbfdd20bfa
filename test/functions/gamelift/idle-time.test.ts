import { afterAll, beforeAll, expect, test } from 'vitest';
import { idleTag } from '#lib/fleets/idle-time.ts';
import { payloadItemKey } from '#lib/table/keys.ts';
import { getItem } from '#lib/table/reads.ts';
import { parsePayloadItem } from '#lib/table/session-item.ts';
import { createFleet } from '#test/support/fleets.ts';
import { createGameSession, sessionKeyIn } from '#test/support/game-lift.ts';
import { type Service, startService } from '#test/support/service.ts';

const hour = 60 * 60_000;

let service: Service;
let everlasting: Service;
beforeAll(async () => {
  service = await startService({ idleTime: 5 * hour });
  everlasting = await startService({ idleTime: undefined });
});
afterAll(async () => {
  await service.close();
  await everlasting.close();
});

async function idleTimeIn(by: Service, tag: string | undefined): Promise<number | undefined> {
  const Tags = tag === undefined ? [] : [{ Key: idleTag, Value: tag }];
  const { FleetId } = await createFleet(by, { Tags });
  const { GameSessionId } = await createGameSession(by.gameLift, { FleetId });
  const item = await getItem(by.table, payloadItemKey(sessionKeyIn(GameSessionId)));
  return parsePayloadItem(item ?? {}).idle;
}

test.each<[what: string, tag: string | undefined, time: number | undefined]>([
  ['as the deployment says where its fleet says nothing', undefined, 5 * hour],
  ['as a tag of its fleet says', '2', 2 * hour],
  ['never where a tag of its fleet says so', 'never', undefined],
])('an idle game session is ended %s', async (_, tag, time) => {
  expect(await idleTimeIn(service, tag)).toBe(time);
});

test('where the deployment never ends one, a fleet may say otherwise', async () => {
  expect(await idleTimeIn(everlasting, undefined)).toBeUndefined();
  expect(await idleTimeIn(everlasting, '2')).toBe(2 * hour);
});
