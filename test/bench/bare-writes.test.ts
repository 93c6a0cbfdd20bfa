import { expect, test } from 'vitest';
import { playerHash, seatToken } from '#lib/sessions/ids.ts';
import { RecentlyFull } from '#lib/sessions/recently-full.ts';
import { reserve } from '#lib/sessions/reserve.ts';
import { openTable } from '#lib/table/client.ts';
import { stubHandler } from './aws-stub.ts';
import { bareClient, reserveBare } from './bare-writes.ts';
import { bareReservation, nameSession } from './reservation.ts';

test('The bare SDK that the service is compared with makes the very writes that the service makes', async () => {
  const session = nameSession();
  const requestToken = 'a request';
  const bare = bareReservation(session);
  const { playerId, now } = bare;
  const sent: unknown[] = [];
  const connection = {
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    requestHandler: stubHandler(({ body }) => sent.push(JSON.parse(new TextDecoder().decode(body)))),
  };

  await reserve(
    { table: openTable('Table', connection), recentlyFull: new RecentlyFull(), now, random: Math.random },
    {
      ...session,
      players: [{ playerId, playerData: undefined }],
      requestToken,
      mayBeRetry: false,
    },
  );
  await reserveBare(bareClient(connection), 'Table', {
    ...bare,
    token: seatToken(requestToken, playerId),
    playerHash: playerHash(playerId),
  });

  const [ledger, player, bareLedger, barePlayer] = sent;
  expect([bareLedger, barePlayer]).toEqual([ledger, player]);
});
