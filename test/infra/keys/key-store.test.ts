import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { fileStore } from '#infra/keys/file-store.ts';
import { changeKeys, type KeyStore } from '#infra/keys/key-store.ts';
import { addKey } from '#infra/keys/rules.ts';
import { secretsManagerStore } from '#infra/keys/secrets-manager-store.ts';
import { localAccessKey, localAwsAccess } from '#infra/local/account.ts';
import type { IssuedKeys } from '#lib/auth/issued-keys.ts';
import { temporaryDirectory } from '#test/infra/local/made-template.ts';
import { type SecretsManager, secretName, startSecretsManager } from './secrets-manager.ts';

const first: IssuedKeys = new Map([
  [localAccessKey.id, { secretAccessKey: localAccessKey.secret, role: 'admin' }],
]);
const add = (id: string) => (keys: IssuedKeys) =>
  addKey(keys, { id, secretAccessKey: `secret of ${id}` }, 'read-only');
const atOnce = async () => {};

let file: string;
let secretsManager: SecretsManager;
let inSecretsManager: KeyStore;
let inFile: KeyStore;

beforeEach(async () => {
  // In a directory that is not there yet.
  file = path.join(temporaryDirectory(), 'keys', 'access-keys.json');
  inFile = fileStore(file);
  secretsManager = await startSecretsManager(JSON.stringify({ [localAccessKey.id]: localAccessKey.secret }));
  const client = new SecretsManagerClient({ ...localAwsAccess, endpoint: secretsManager.endpoint });
  inSecretsManager = secretsManagerStore(client, secretName);
  onTestFinished(async () => {
    client.destroy();
    await secretsManager.close();
  });
});

describe.each([
  ['a file', () => inFile],
  ['Secrets Manager', () => inSecretsManager],
])('keys in %s', (_, storeOf) => {
  test('are read as they were put', async () => {
    const store = storeOf();
    const { keys, version } = await store.read();
    expect(keys).toEqual(first);
    const more: IssuedKeys = new Map([
      ...first,
      ['BACKEND', { secretAccessKey: 's3cret', role: 'game-backend', until: Date.UTC(2026, 11, 1) }],
    ]);
    expect(await store.replace(more, version)).toBe('replaced');
    expect(await store.read()).toMatchObject({ keys: more, malformed: [] });
  });

  test('are not replaced where others have come in the meantime', async () => {
    const store = storeOf();
    const { version } = await store.read();
    const theirs = await changeKeys(store, add('THEIRS'));
    expect(await store.replace(new Map(), version)).toBe('conflict');
    expect(theirs).toMatchObject({ keys: (await store.read()).keys });
  });

  test('are all there when many are added at once', async () => {
    const store = storeOf();
    const ids = ['A', 'B', 'C', 'D', 'E', 'F'];
    await Promise.all(ids.map((id) => changeKeys(store, add(id), atOnce)));
    expect(new Set((await store.read()).keys.keys())).toEqual(new Set([localAccessKey.id, ...ids]));
  });
});

describe('a change', () => {
  const store = (read: KeyStore['read'], replace: KeyStore['replace']): KeyStore => ({ read, replace });
  const stored = { keys: first, malformed: [], version: '1' };

  test('that its rule refuses replaces nothing', async () => {
    const untouched = store(
      async () => stored,
      () => Promise.reject(new Error('It was replaced')),
    );
    expect(await changeKeys(untouched, () => ({ kind: 'refused', reason: 'no' }))).toEqual({
      kind: 'refused',
      reason: 'no',
    });
  });

  test('gives up in the end when others are faster each time', async () => {
    const tried: string[] = [];
    const contended = store(
      async () => stored,
      async (_, version) => {
        tried.push(version);
        return 'conflict';
      },
    );
    await expect(changeKeys(contended, add('A'), atOnce)).rejects.toThrow(
      'changed by somebody else 10 times',
    );
    expect(tried).toHaveLength(10);
  });

  test('loses no entry that it cannot read', async () => {
    secretsManager.put('{"ADMIN":"s3cret","BACKEND":{"secret":"hush","role":"king"}}');
    await expect(changeKeys(inSecretsManager, add('A'))).rejects.toThrow(
      'Among the keys is what is none: BACKEND. Mend it first, or remove it',
    );
    expect(secretsManager.carriedOut).toEqual(['GetSecretValue']);
  });
});

describe('in Secrets Manager', () => {
  test('a change that comes between is kept, and the other is made anew', async () => {
    secretsManager.before('UpdateSecretVersionStage', () => secretsManager.put('{"THEIRS":"s3cret"}'));
    await changeKeys(inSecretsManager, add('OURS'), atOnce);
    expect(JSON.parse(secretsManager.current())).toEqual({
      THEIRS: 's3cret',
      OURS: { secret: 'secret of OURS', role: 'read-only' },
    });
  });

  test.each(['PutSecretValue', 'UpdateSecretVersionStage'] as const)(
    'a change is made once when the answer to %s is lost',
    async (operation) => {
      secretsManager.loseAnswerOf(operation);
      const change = await changeKeys(inSecretsManager, add('OURS'), () =>
        Promise.reject(new Error('It was made anew')),
      );
      expect(change.kind).toBe('changed');
      expect(Object.keys(JSON.parse(secretsManager.current()))).toEqual([localAccessKey.id, 'OURS']);
    },
  );

  test('one staging label is left, however many changes there were', async () => {
    for (const id of ['A', 'B', 'C']) await changeKeys(inSecretsManager, add(id), atOnce);
    expect(secretsManager.labels()).toEqual(['AWSCURRENT', 'AWSPREVIOUS', 'OPENSLOTKEYS']);
  });

  test('the version before a change is still there, to go back to', async () => {
    await changeKeys(inSecretsManager, add('A'));
    expect(secretsManager.carriedOut).toEqual([
      'GetSecretValue',
      'PutSecretValue',
      'UpdateSecretVersionStage',
    ]);
    expect(secretsManager.labels()).toContain('AWSPREVIOUS');
  });
});

describe('in a file', () => {
  test('there is the fixed key before there is a file, and reading makes none', async () => {
    expect((await inFile.read()).keys).toEqual(first);
    expect(existsSync(path.dirname(file))).toBe(false);
  });

  test('the fixed key can be taken out', async () => {
    const { version } = await inFile.read();
    await inFile.replace(new Map(), version);
    expect((await inFile.read()).keys).toEqual(new Map());
  });

  test('secrets are for the owner of the file alone, and nothing else is left', async () => {
    await changeKeys(inFile, add('A'));
    await changeKeys(inFile, add('B'));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(path.dirname(file))).toEqual(['access-keys.json']);
  });

  test('a conflict leaves no lock', async () => {
    await changeKeys(inFile, add('A'));
    expect(await inFile.replace(new Map(), 'another version')).toBe('conflict');
    expect(readdirSync(path.dirname(file))).toEqual(['access-keys.json']);
  });

  test('a lock that stays is named, and nothing is changed', async () => {
    await changeKeys(inFile, add('A'));
    const before = readFileSync(file, 'utf8');
    writeFileSync(`${file}.lock`, '');
    await expect(changeKeys(fileStore(file, 60), add('B'))).rejects.toThrow(
      `Another command holds ${file}.lock.`,
    );
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(existsSync(`${file}.lock`)).toBe(true);
  });

  test.each(['', '[]', 'hush-hush'])(
    'what is no JSON object is named without its contents: %j',
    async (text) => {
      await changeKeys(inFile, add('A'));
      writeFileSync(file, text);
      const reading = inFile.read();
      await expect(reading).rejects.toThrow(
        `${file} cannot be used: The access keys secret must be a JSON object`,
      );
      await expect(reading).rejects.not.toThrow('hush');
    },
  );
});
