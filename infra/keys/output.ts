import { accessKeysMaximumAge } from '#lib/auth/access-keys.ts';
import { type IssuedKey, isInForce, writeTime } from '#lib/auth/issued-keys.ts';
import type { Role } from '#lib/auth/roles.ts';
import type { KeyPair } from './key-pair.ts';
import type { StoredKeys } from './key-store.ts';

/** The keys as a table, without their secrets. `now` is epoch milliseconds. */
export function listText({ keys, malformed }: StoredKeys, now: number): string {
  const rows = [
    ['id', 'role', 'valid until'],
    ...[...keys].map(([id, key]) => [id, key.role, validity(key, now)]),
    ...malformed.map((id) => [id, '-', 'not valid: this is no access key']),
  ];
  const widthOf = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const [ids, roles] = [widthOf(0), widthOf(1)];
  return rows
    .map(([id = '', role = '', until = '']) => `${id.padEnd(ids)}  ${role.padEnd(roles)}  ${until}\n`)
    .join('');
}

function validity(key: IssuedKey, now: number): string {
  if (key.until === undefined) return '(no end)';
  return isInForce(key, now) ? writeTime(key.until) : `${writeTime(key.until)}, which is past`;
}

export const addedText = (pair: KeyPair, role: Role): string =>
  `${pair.id} is issued, with the role ${role}. ${secretText(pair)}`;

/** `until` is epoch milliseconds. */
export function rotatedText(id: string, pair: KeyPair, until: number, now: number): string {
  const rest = until > now ? `is good until ${writeTime(until)}` : refusedText;
  return `${pair.id} is issued in place of ${id}, which ${rest}. ${secretText(pair)}`;
}

export const revokedText = (id: string): string => `${id} is revoked: it ${refusedText}.\n`;

/** Instances that run go on with the keys that they have read. */
const refusedText = `is refused in ${accessKeysMaximumAge / 60_000} minutes at the latest`;

/** Ready to be pasted into a shell. */
const secretText = ({ id, secretAccessKey }: KeyPair): string => `Its secret is shown this once:

export AWS_ACCESS_KEY_ID=${id}
export AWS_SECRET_ACCESS_KEY=${secretAccessKey}
`;
