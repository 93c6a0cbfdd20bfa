import { expect, test } from 'vitest';
import { removeExpired } from '#infra/local/time-to-live.ts';
import { newStreamedTable } from './streamed-table.ts';

const now = Date.UTC(2026, 10, 22);
const at = (seconds: number) => ({ ttl: { N: String(now / 1000 + seconds) } });

test('what is past its time is removed, whichever index keys it lacks, and nothing else', async () => {
  const { client, table, put, names } = await newStreamedTable();
  await put('past, in the index', { f: { S: 'fleet' }, ...at(-1) });
  await put('past, in no index', at(-86_400 * 400));
  await put('just now', at(0));
  await put('later', at(1));
  await put('for ever');
  await put('no number', { ttl: { S: '1' } });
  await removeExpired(client, table, now);
  expect(await names()).toEqual(['for ever', 'later', 'no number']);
  await removeExpired(client, table, now + 1_000);
  expect(await names()).toEqual(['for ever', 'no number']);
});

test('what is given more time meanwhile stays', async () => {
  const { client, table, put, names } = await newStreamedTable();
  for (const name of ['a', 'b', 'c']) await put(name, at(-1));
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const answer = await next(args);
        if (commandName === 'ScanCommand') await put('b', at(60));
        return answer;
      },
    { step: 'initialize', name: 'renew' },
  );
  await removeExpired(client, table, now);
  client.middlewareStack.remove('renew');
  expect(await names()).toEqual(['b']);
});

test('a table without a time to live is left alone', async () => {
  const { client, table, put, names } = await newStreamedTable();
  await put('a', at(-1));
  await removeExpired(client, { ...table, timeToLive: undefined }, now);
  expect(await names()).toEqual(['a']);
});
