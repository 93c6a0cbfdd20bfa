import { expect, test } from 'vitest';
import { firstKeyIn } from '#infra/local/access-keys-file.ts';
import { localAccessKey } from '#infra/local/account.ts';
import { greeting } from '#infra/local/greeting.ts';
import { readArguments } from '#infra/tokens/arguments.ts';

const now = 1_777_777_777_777;
const run = {
  url: 'http://127.0.0.1:4800',
  gameServerUrl: 'ws://127.0.0.1:4800/live',
  fleetId: 'fleet-local',
};
const { id, secret } = localAccessKey;
const keysWith = (key: unknown) => JSON.stringify({ BACKEND: 'another', [id]: key });
const until = (time: number) => ({ secret, role: 'admin', until: new Date(time).toISOString() });

test.each([
  ['it is as it was at first', keysWith(secret)],
  ['it was rotated, and its time is not over', keysWith(until(now + 1_000))],
])('the fixed key is named with its secret while %s', (_, keys) => {
  const text = greeting({ ...run, accessKey: firstKeyIn(keys, now) }, { memory: false, seconds: 1 });
  expect(text).toContain(`\n  access key  ${id}\n  secret key  ${secret}\n`);
  expect(text).toContain(`AWS_ACCESS_KEY_ID=${id} AWS_SECRET_ACCESS_KEY=${secret} aws gamelift`);
  expect(text).toContain(` --user ${id}:${secret} `);
});

test.each([
  ['it was revoked', keysWith(undefined)],
  ['its time is over', keysWith(until(now))],
  ['another key was issued under its id', keysWith('another')],
])('the fixed key is not named where %s: the list of keys is', (_, keys) => {
  const text = greeting({ ...run, accessKey: firstKeyIn(keys, now) }, { memory: false, seconds: 1 });
  expect(text).toContain('\n  access key  see npm run keys -- list\n  region ');
  expect(text).not.toMatch(new RegExp(`${id}|${secret}`));
  expect(text).toContain(
    "AWS_ACCESS_KEY_ID='<access key>' AWS_SECRET_ACCESS_KEY='<secret key>' aws gamelift",
  );
  expect(text).toContain(" --user '<access key>':'<secret key>' ");
});

test('a token and a first game session are one command each', () => {
  const text = greeting({ ...run, accessKey: undefined }, { memory: false, seconds: 1 });
  const [, command = ''] = /TOKEN=\$\(npm run --silent token -- (.*)\)\n/.exec(text) ?? [];
  expect(readArguments(command.split(' '))).toMatchObject({ kind: 'wish', wish: { gamertag: 'Alice' } });
  expect(text).toMatch(/curl -H "authorization: Bearer \$TOKEN" .* http:\/\/127\.0\.0\.1:4800\/sessions\n/);
});

test('game servers are told where to connect, with TLS and without', () => {
  const text = greeting({ ...run, accessKey: undefined }, { memory: false, seconds: 1 });
  expect(text).toMatch(
    /\n {2}servers {5}ws:\/\/127\.0\.0\.1:4800\/live, .* wss:\/\/127\.0\.0\.1:4800\/live /,
  );
});
