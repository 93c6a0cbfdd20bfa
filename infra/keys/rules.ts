import { type IssuedKey, type IssuedKeys, isInForce } from '#lib/auth/issued-keys.ts';
import type { Role } from '#lib/auth/roles.ts';
import type { KeyPair } from './key-pair.ts';

/** What a command makes of the keys, or why it does not. */
export type Change =
  | { readonly kind: 'changed'; readonly keys: IssuedKeys }
  | { readonly kind: 'refused'; readonly reason: string };

export function addKey(keys: IssuedKeys, { id, secretAccessKey }: KeyPair, role: Role): Change {
  if (keys.has(id)) return refused(`${id} is issued already: choose another id, or rotate it`);
  return changed(keys, [id, { secretAccessKey, role }]);
}

/** Issues a pair with the role of `id`, which stays good for `grace` milliseconds more, and never longer than it was. */
export function rotateKey(
  keys: IssuedKeys,
  id: string,
  { pair, now, grace }: { readonly pair: KeyPair; readonly now: number; readonly grace: number },
): Change {
  const old = keys.get(id);
  if (old === undefined) return notIssued(id);
  if (!isInForce(old, now)) return refused(`${id} is past its time: revoke it, and add another`);
  const until = Math.min(now + grace, old.until ?? Number.POSITIVE_INFINITY);
  const added = addKey(keys, pair, old.role);
  return added.kind === 'refused' ? added : changed(added.keys, [id, { ...old, until }]);
}

/**
 * Takes a key back. The last admin key goes only by `force`: without one, nobody is left who may create fleets. Those
 * that will lapse do not count as others: they are gone soon, and nothing would be said then.
 */
export function revokeKey(
  keys: IssuedKeys,
  id: string,
  { now, force }: { readonly now: number; readonly force: boolean },
): Change {
  const revoked = keys.get(id);
  if (revoked === undefined) return notIssued(id);
  const rest = new Map([...keys].filter(([other]) => other !== id));
  const isNeeded = revoked.role === 'admin' && isInForce(revoked, now);
  if (isNeeded && ![...rest.values()].some(isLastingAdmin) && !force) {
    return refused(
      `${id} is the last lasting admin key, and without one nobody can administer fleets: add another first, or say --force`,
    );
  }
  return { kind: 'changed', keys: rest };
}

const isLastingAdmin = ({ role, until }: IssuedKey): boolean => role === 'admin' && until === undefined;

const notIssued = (id: string): Change => refused(`There is no access key ${id}`);

const refused = (reason: string): Change => ({ kind: 'refused', reason });

const changed = (keys: IssuedKeys, entry: readonly [string, IssuedKey]): Change & { kind: 'changed' } => ({
  kind: 'changed',
  keys: new Map([...keys, entry]),
});
