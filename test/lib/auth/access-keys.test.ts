import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AccessKeys, accessKeysFromSecretsManager } from '#lib/auth/access-keys.ts';
import { authenticate } from '#lib/auth/sigv4.ts';
import { issuedTo, now, signerOf, signing } from './requests.ts';
import { type SecretsManagerStandIn, startSecretsManager } from './secrets-manager.ts';
import { createPlayerSession } from './signers.ts';

const secretId = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:access-keys';
const seconds = 1000;
const minutes = 60 * seconds;

let secretsManager: SecretsManagerStandIn;
let accessKeys: AccessKeys;
let failures: unknown[];
let malformed: number[];

beforeEach(async () => {
  failures = [];
  malformed = [];
  secretsManager = await startSecretsManager();
  accessKeys = accessKeysFromSecretsManager({
    client: secretsManager.client,
    secretId,
    onReadingFailed: (error) => failures.push(error),
    onMalformed: (entries) => malformed.push(entries),
  });
  issue({ OPENSLOTLOCAL: 'first-secret' });
});

afterEach(() => secretsManager.stop());

function issue(keys: Readonly<Record<string, string>>): void {
  secretsManager.answer = JSON.stringify(keys);
}

const first = issuedTo({ OPENSLOTLOCAL: 'first-secret' });
const second = issuedTo({ OPENSLOTLOCAL: 'second-secret' });

describe('current access keys', () => {
  test('are the entries of the secret', async () => {
    issue({ OPENSLOTLOCAL: 'first-secret', OPENSLOT0123456789AB: 'another/secret+with=signs' });
    expect(await accessKeys.current(now)).toEqual(
      issuedTo({ OPENSLOTLOCAL: 'first-secret', OPENSLOT0123456789AB: 'another/secret+with=signs' }),
    );
    expect(secretsManager.requests).toEqual([{ SecretId: secretId }]);
  });

  test('may be none', async () => {
    issue({});
    expect(await accessKeys.current(now)).toEqual(new Map());
  });

  test('are read again after five minutes and not before', async () => {
    await accessKeys.current(now);
    issue({ OPENSLOTLOCAL: 'second-secret' });
    expect(await accessKeys.current(now + 5 * minutes)).toEqual(first);
    expect(await accessKeys.current(now + 5 * minutes + 1)).toEqual(second);
    expect(secretsManager.requests).toHaveLength(2);
  });

  test('are read once for all who wait for them', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    secretsManager.answer = () => promise;
    const waiting = [accessKeys.current(now), accessKeys.latest(now), accessKeys.current(now + 20 * seconds)];
    resolve('{"OPENSLOTLOCAL":"first-secret"}');
    expect(await Promise.all(waiting)).toEqual([first, first, first]);
    expect(secretsManager.requests).toHaveLength(1);
  });
});

describe('the latest access keys', () => {
  test('are the same map while the last reading is at most ten seconds old', async () => {
    const current = await accessKeys.current(now);
    issue({ OPENSLOTLOCAL: 'second-secret' });
    expect(await accessKeys.latest(now)).toBe(current);
    expect(await accessKeys.latest(now + 10 * seconds)).toBe(current);
    expect(secretsManager.requests).toHaveLength(1);
  });

  test('are read anew after that, and are then the current ones', async () => {
    await accessKeys.current(now);
    issue({ OPENSLOTLOCAL: 'second-secret' });
    expect(await accessKeys.latest(now + 10 * seconds + 1)).toEqual(second);
    expect(await accessKeys.current(now + 11 * seconds)).toEqual(second);
    expect(secretsManager.requests).toHaveLength(2);
  });

  test('are read once for all who wait for them', async () => {
    await accessKeys.current(now);
    const { promise, resolve } = Promise.withResolvers<string>();
    secretsManager.answer = () => promise;
    const waiting = [11, 12, 30].map((later) => accessKeys.latest(now + later * seconds));
    resolve('{"OPENSLOTLOCAL":"second-secret"}');
    expect(await Promise.all(waiting)).toEqual([second, second, second]);
    expect(secretsManager.requests).toHaveLength(2);
  });
});

describe('while Secrets Manager fails', () => {
  test('there are no keys when none were ever read, and each caller is told', async () => {
    secretsManager.answer = undefined;
    await expect(accessKeys.current(now)).rejects.toThrow('An error occurred.');
    await expect(accessKeys.latest(now)).rejects.toThrow('An error occurred.');
    issue({ OPENSLOTLOCAL: 'first-secret' });
    expect(await accessKeys.current(now)).toEqual(first);
  });

  test('the last keys stay in use for an hour and no longer', async () => {
    await accessKeys.current(now);
    secretsManager.answer = undefined;
    expect(await accessKeys.current(now + 6 * minutes)).toEqual(first);
    expect(await accessKeys.current(now + 60 * minutes)).toEqual(first);
    await expect(accessKeys.current(now + 60 * minutes + 1)).rejects.toThrow('An error occurred.');
    expect(failures).toHaveLength(2);
  });

  test('it is asked once in ten seconds, and is forgiven when it answers', async () => {
    await accessKeys.current(now);
    secretsManager.answer = undefined;
    for (let later = 0; later <= 10; later++) {
      expect(await accessKeys.current(now + 6 * minutes + later * seconds)).toEqual(first);
      expect(await accessKeys.latest(now + 6 * minutes + later * seconds)).toEqual(first);
    }
    expect(secretsManager.requests).toHaveLength(2);
    issue({ OPENSLOTLOCAL: 'second-secret' });
    expect(await accessKeys.current(now + 6 * minutes + 11 * seconds)).toEqual(second);
  });
});

test('an entry that is no access key is left out and counted, at each reading, and the others are good', async () => {
  secretsManager.answer = '{"OPENSLOTLOCAL":"first-secret","OTHER":{"secret":"hush-hush","role":"king"}}';
  expect(await accessKeys.current(now)).toEqual(first);
  expect(await accessKeys.current(now + 6 * minutes)).toEqual(first);
  expect(malformed).toEqual([1, 1]);
  expect(failures).toEqual([]);
});

describe('a malformed secret', () => {
  const malformed = [
    ['text', 'hush-hush'],
    ['JSON cut short', '{"OPENSLOTLOCAL":"hush-hush'],
    ['an array', '["hush-hush"]'],
    ['null', 'null'],
    ['bytes', Buffer.from('{"OPENSLOTLOCAL":"hush-hush"}')],
  ] as const;

  test.each(malformed)('(%s) is an exception that tells nothing of the secret', async (_, secret) => {
    secretsManager.answer = secret;
    const reading = accessKeys.current(now);
    await expect(reading).rejects.toThrow(/^The access keys secret must be a JSON object/);
    const error: unknown = await reading.catch((thrown: unknown) => thrown);
    expect(inspect(error, { depth: 10 })).not.toContain('hush');
  });

  test('leaves the last keys in use, and is reported', async () => {
    await accessKeys.current(now);
    secretsManager.answer = 'not an object';
    expect(await accessKeys.current(now + 6 * minutes)).toEqual(first);
    expect(failures).toEqual([
      expect.objectContaining({ message: expect.stringMatching('must be a JSON object') }),
    ]);
  });
});

test('a key rotated a moment ago is good at once, and the old one no longer', async () => {
  const sign = signerOf('aws4');
  const requirements = {
    service: 'gamelift',
    signedHeaders: ['x-amz-target'],
    now: now + 11 * seconds,
  } as const;
  const withOld = await sign(createPlayerSession, { ...signing, secretAccessKey: 'first-secret' });
  const withNew = await sign(createPlayerSession, { ...signing, secretAccessKey: 'second-secret' });

  await accessKeys.current(now);
  issue({ OPENSLOTLOCAL: 'second-secret' });
  expect(await authenticate(withOld, requirements, accessKeys)).toMatchObject({
    secretAccessKey: 'first-secret',
  });
  expect(await authenticate(withNew, requirements, accessKeys)).toMatchObject({
    secretAccessKey: 'second-secret',
  });
  expect(await authenticate(withOld, requirements, accessKeys)).toMatchObject({ kind: 'bad-signature' });
  expect(secretsManager.requests).toHaveLength(2);
});
