import { setTimeout } from 'node:timers/promises';
import type { IssuedKeys, ReadKeys } from '#lib/auth/issued-keys.ts';
import type { Change } from './rules.ts';

/** Where the access keys of one Openslot are kept. */
export type KeyStore = {
  read(): Promise<StoredKeys>;
  /** Puts all keys in place of those of `version`. A conflict has changed nothing: `version` is no longer what is kept. */
  replace(keys: IssuedKeys, version: string): Promise<'replaced' | 'conflict'>;
};

export type StoredKeys = ReadKeys & {
  /** Stands for what was read, and for nothing else that is ever kept. */
  readonly version: string;
};

const tries = 10;

/**
 * Changes keys by a rule, which is asked again when another change came between.
 *
 * @throws Error when others come between each time, or where a rewriting would lose an entry that is no access key.
 */
export async function changeKeys(
  store: KeyStore,
  rule: (keys: IssuedKeys) => Change,
  pause: (failed: number) => Promise<unknown> = pauseAfter,
): Promise<Change> {
  for (let failed = 0; failed < tries; failed++) {
    if (failed > 0) await pause(failed);
    const { keys, malformed, version } = await store.read();
    if (malformed.length > 0) {
      throw new Error(`Among the keys is what is none: ${malformed.join(', ')}. Mend it first, or remove it`);
    }
    const change = rule(keys);
    if (change.kind === 'refused' || (await store.replace(change.keys, version)) === 'replaced') {
      return change;
    }
  }
  throw new Error(`The keys were changed by somebody else ${tries} times meanwhile: try again`);
}

/** Longer each time, and never the same for two that met. */
const pauseAfter = (failed: number): Promise<unknown> => setTimeout(50 * failed * (1 + Math.random()));
