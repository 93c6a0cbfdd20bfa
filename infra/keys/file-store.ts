import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { hasCode } from '#infra/error-code.ts';
import { readAccessKeysFile } from '#infra/local/access-keys-file.ts';
import { readIssuedKeys, writeIssuedKeys } from '#lib/auth/issued-keys.ts';
import type { KeyStore } from './key-store.ts';

/** How long, in milliseconds, one command waits for another, which holds the lock for a few. */
const usualPatience = 2_000;
const waitForLock = 20;

/**
 * The keys of the local run, in a file that its owner alone can read. A running service reads it anew by itself.
 *
 * The new content is written into the lock, which then becomes the file: so one command writes at a time, and whoever
 * reads finds the old keys or the new ones, whole.
 */
export function fileStore(file: string, patience = usualPatience): KeyStore {
  const lock = `${file}.lock`;
  return {
    async read() {
      const text = await readAccessKeysFile(file);
      return { ...readIssuedKeys(text), version: text };
    },

    async replace(keys, version) {
      await mkdir(path.dirname(file), { recursive: true });
      await takeLock(lock, patience);
      let isReplaced = false;
      try {
        if ((await readAccessKeysFile(file)) !== version) return 'conflict';
        await writeFile(lock, writeIssuedKeys(keys), { flush: true });
        await rename(lock, file);
        isReplaced = true;
        return 'replaced';
      } finally {
        // Once it has become the file, a lock in its place is another command's.
        if (!isReplaced) await rm(lock, { force: true });
      }
    },
  };
}

async function takeLock(lock: string, patience: number): Promise<void> {
  for (let waited = 0; ; waited += waitForLock) {
    try {
      return await writeFile(lock, '', { flag: 'wx', mode: 0o600 });
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    }
    if (waited >= patience) {
      throw new Error(`Another command holds ${lock}. If there is none any more, delete it and try again`);
    }
    await setTimeout(waitForLock);
  }
}
