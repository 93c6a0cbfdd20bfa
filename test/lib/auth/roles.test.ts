import { expect, test } from 'vitest';
import { type Access, allows, type Role, roles } from '#lib/auth/roles.ts';

const table: readonly (readonly [Role, Access, boolean])[] = [
  ['admin', 'read', true],
  ['admin', 'play', true],
  ['admin', 'host', true],
  ['admin', 'administer', true],
  ['game-backend', 'read', true],
  ['game-backend', 'play', true],
  ['game-backend', 'host', false],
  ['game-backend', 'administer', false],
  ['compute', 'read', true],
  ['compute', 'play', false],
  ['compute', 'host', true],
  ['compute', 'administer', false],
  ['read-only', 'read', true],
  ['read-only', 'play', false],
  ['read-only', 'host', false],
  ['read-only', 'administer', false],
];

test.each(table)('whether %s may %s: %s', (role, access, allowed) => {
  expect(allows(role, access)).toBe(allowed);
});

test('there is no role beside these', () => {
  expect(new Set(roles)).toEqual(new Set(table.map(([role]) => role)));
});
