import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from '#infra/error-code.ts';
import { type IssuedKey, isInForce, readIssuedKeys, writeIssuedKeys } from '#lib/auth/issued-keys.ts';
import { localAccessKey } from './account.ts';
import { LocalRunError } from './local-run-error.ts';

/** Where the access keys of the local run are kept once `npm run keys` has changed them. */
export const accessKeysFile = path.resolve(import.meta.dirname, '../../.openslot/access-keys.json');

/** The fixed key of the local run, as the keys hold it. */
const firstKey: readonly [string, IssuedKey] = [
  localAccessKey.id,
  { secretAccessKey: localAccessKey.secret, role: 'admin' },
];

/**
 * What the secret of the local run holds: the file, or the fixed key alone while there is no file.
 *
 * @throws LocalRunError for a file that cannot be read as access keys.
 */
export async function readAccessKeysFile(file: string): Promise<string> {
  try {
    const text = await readFile(file, 'utf8');
    readIssuedKeys(text);
    return text;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return writeIssuedKeys(new Map([firstKey]));
    const reason = error instanceof Error ? error.message : String(error);
    throw new LocalRunError(`${file} cannot be used: ${reason} Mend it, or delete it to start anew`);
  }
}

/** The same for a run that keeps nothing: the fixed key is always good there, whatever the file says of it. */
export async function readAccessKeysWithFirst(file: string): Promise<string> {
  const { keys } = readIssuedKeys(await readAccessKeysFile(file));
  return writeIssuedKeys(new Map([...keys, firstKey]));
}

/** The fixed key, while these keys hold it in force at `now`, epoch milliseconds, and with the secret that it has. */
export function firstKeyIn(keys: string, now: number): typeof localAccessKey | undefined {
  const key = readIssuedKeys(keys).keys.get(localAccessKey.id);
  const isGood = key?.secretAccessKey === localAccessKey.secret && isInForce(key, now);
  return isGood ? localAccessKey : undefined;
}
