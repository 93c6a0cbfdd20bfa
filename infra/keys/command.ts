import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { IssuedKeys } from '#lib/auth/issued-keys.ts';
import { type Request, readArguments, usage } from './arguments.ts';
import { fileStore } from './file-store.ts';
import { newKeyPair } from './key-pair.ts';
import { changeKeys, type KeyStore } from './key-store.ts';
import { addedText, listText, revokedText, rotatedText } from './output.ts';
import { addKey, type Change, revokeKey, rotateKey } from './rules.ts';
import { secretsManagerStore } from './secrets-manager-store.ts';

/** What a command prints and ends with: 1 when something was wrong, and then it has changed nothing. */
export type Outcome = { readonly exitCode: 0 | 1; readonly stdout: string; readonly stderr: string };

export type Surroundings = {
  /** Where the local run's keys are kept. */
  readonly file: string;
  /** Epoch milliseconds. */
  readonly now: number;
};

/** Carries out one `npm run keys`. Never rejects: whatever fails is told in one line. */
export async function keysCommand(args: readonly string[], surroundings: Surroundings): Promise<Outcome> {
  const read = readArguments(args);
  switch (read.kind) {
    case 'help':
      return done(usage);
    case 'wrong':
      return failed(`${read.reason}. What there is: npm run keys -- --help`);
    case 'request':
      return carryOutIn(surroundings, read.request);
  }
}

async function carryOutIn({ file, now }: Surroundings, request: Request): Promise<Outcome> {
  const { store, close } = openStore(request.secret, file);
  try {
    return await carryOut(request, store, now);
  } catch (error) {
    return failed(reasonOf(error));
  } finally {
    close();
  }
}

function openStore(secret: string | undefined, file: string): { readonly store: KeyStore; close(): void } {
  if (secret === undefined) return { store: fileStore(file), close: () => {} };
  const client = new SecretsManagerClient({
    // Without limits a client waits for ever where nothing answers.
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
  });
  return { store: secretsManagerStore(client, secret), close: () => client.destroy() };
}

async function carryOut(request: Request, store: KeyStore, now: number): Promise<Outcome> {
  switch (request.command) {
    case 'list':
      return done(listText(await store.read(), now));
    case 'add': {
      const { role } = request;
      const pair = newKeyPair(request.id);
      const change = await changeKeys(store, (keys) => addKey(keys, pair, role));
      return report(change, () => addedText(pair, role));
    }
    case 'rotate': {
      const { id, grace } = request;
      const pair = newKeyPair();
      const change = await changeKeys(store, (keys) => rotateKey(keys, id, { pair, now, grace }));
      return report(change, (keys) => rotatedText(id, pair, keys.get(id)?.until ?? now, now));
    }
    case 'revoke': {
      const { id, force } = request;
      const change = await changeKeys(store, (keys) => revokeKey(keys, id, { now, force }));
      return report(change, () => revokedText(id));
    }
  }
}

function reasonOf(error: unknown): string {
  const reason = error instanceof Error && error.message !== '' ? error.message : String(error);
  // So the SDK puts it, which does not say what to do.
  return reason === 'Region is missing' ? `${reason}: set AWS_REGION` : reason;
}

const report = (change: Change, text: (keys: IssuedKeys) => string): Outcome =>
  change.kind === 'changed' ? done(text(change.keys)) : failed(change.reason);

const done = (stdout: string): Outcome => ({ exitCode: 0, stdout, stderr: '' });

const failed = (reason: string): Outcome => ({
  exitCode: 1,
  stdout: '',
  stderr: `openslot: ${reason.replace(/\s*\n\s*/g, ' ')}\n`,
});
