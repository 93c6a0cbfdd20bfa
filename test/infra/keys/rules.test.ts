import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newKeyPair } from '#infra/keys/key-pair.ts';
import { addKey, type Change, revokeKey, rotateKey } from '#infra/keys/rules.ts';
import type { IssuedKey, IssuedKeys } from '#lib/auth/issued-keys.ts';
import { roles } from '#lib/auth/roles.ts';

const now = Date.UTC(2026, 10, 21, 10);
const hour = 3_600_000;
const pair = { id: 'NEW', secretAccessKey: 'new secret' };

const admin: IssuedKey = { secretAccessKey: 'admin secret', role: 'admin' };
const backend: IssuedKey = { secretAccessKey: 'backend secret', role: 'game-backend' };
const keys: IssuedKeys = new Map([
  ['ADMIN', admin],
  ['BACKEND', backend],
]);

const refusal = (pattern: RegExp) => ({ kind: 'refused', reason: expect.stringMatching(pattern) });
const keysOf = (change: Change) => (change.kind === 'changed' ? Object.fromEntries(change.keys) : change);

describe('adding', () => {
  test.each(roles)('issues a key with the role %s and keeps the others', (role) => {
    expect(keysOf(addKey(keys, pair, role))).toEqual({
      ADMIN: admin,
      BACKEND: backend,
      NEW: { secretAccessKey: 'new secret', role },
    });
  });

  test('never overwrites a key', () => {
    expect(addKey(keys, { ...pair, id: 'BACKEND' }, 'admin')).toEqual(refusal(/^BACKEND is issued already/));
  });
});

describe('rotating', () => {
  test('issues a key with the same role; the old one stays good for the grace', () => {
    expect(keysOf(rotateKey(keys, 'BACKEND', { pair, now, grace: 24 * hour }))).toEqual({
      ADMIN: admin,
      BACKEND: { ...backend, until: now + 24 * hour },
      NEW: { secretAccessKey: 'new secret', role: 'game-backend' },
    });
  });

  test.each([
    ['cuts the old one short', 3 * hour, 1 * hour, 1 * hour],
    ['does not make the old one last longer than it would', 1 * hour, 3 * hour, 1 * hour],
    ['may leave no time at all', 3 * hour, 0, 0],
  ])('%s', (_, left, grace, remains) => {
    const ending = new Map([['BACKEND', { ...backend, until: now + left }]]);
    expect(keysOf(rotateKey(ending, 'BACKEND', { pair, now, grace }))).toMatchObject({
      BACKEND: { until: now + remains },
    });
  });

  test('is refused for a key past its time, one that is not there, and an id that is', () => {
    const past = new Map([['BACKEND', { ...backend, until: now }]]);
    expect(rotateKey(past, 'BACKEND', { pair, now, grace: 0 })).toEqual(refusal(/^BACKEND is past its time/));
    expect(rotateKey(keys, 'OTHER', { pair, now, grace: 0 })).toEqual(
      refusal(/^There is no access key OTHER$/),
    );
    expect(rotateKey(keys, 'ADMIN', { pair: { ...pair, id: 'BACKEND' }, now, grace: 0 })).toEqual(
      refusal(/^BACKEND is issued already/),
    );
  });
});

describe('revoking', () => {
  const careful = { now, force: false };

  test('takes the key out and keeps the others', () => {
    expect(keysOf(revokeKey(keys, 'BACKEND', careful))).toEqual({ ADMIN: admin });
  });

  test('is refused for a key that is not there', () => {
    expect(revokeKey(keys, 'OTHER', { now, force: true })).toEqual(refusal(/^There is no access key OTHER$/));
  });

  test.each([
    ['there is no other admin key', []],
    ['the other one lapses', [['OTHER', { ...admin, until: now + hour }]]],
    ['the other one has lapsed', [['OTHER', { ...admin, until: now - hour }]]],
  ] as const)('is refused for the last lasting admin key, unless forced: %s', (_, others) => {
    const few = new Map<string, IssuedKey>([...keys, ...others]);
    expect(revokeKey(few, 'ADMIN', careful)).toEqual(
      refusal(/^ADMIN is the last lasting admin key, .*nobody can administer fleets.*--force$/),
    );
    expect(keysOf(revokeKey(few, 'ADMIN', { now, force: true }))).toEqual({
      BACKEND: backend,
      ...Object.fromEntries(others),
    });
  });

  test('takes an admin key out where another lasts, and one past its time in any case', () => {
    const two = new Map([...keys, ['OTHER', admin] as const]);
    expect(keysOf(revokeKey(two, 'ADMIN', careful))).toEqual({ BACKEND: backend, OTHER: admin });
    const past = new Map([['ADMIN', { ...admin, until: now }]]);
    expect(keysOf(revokeKey(past, 'ADMIN', careful))).toEqual({});
  });
});

test('whatever is done without force, somebody who could administer for good still can, by this key or another', () => {
  const id = fc.constantFrom('A', 'B', 'C');
  const step = fc.oneof(
    fc.tuple(fc.constant('rotate' as const), id, fc.nat(2)),
    fc.tuple(fc.constant('revoke' as const), id, fc.nat(2)),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      let held: IssuedKeys = new Map([
        ['A', admin],
        ['B', backend],
        ['C', { ...admin, until: now + hour }],
      ]);
      for (const [number, [kind, name, hours]] of steps.entries()) {
        const at = now + number * hour;
        const change =
          kind === 'revoke'
            ? revokeKey(held, name, { now: at, force: false })
            : rotateKey(held, name, { pair: { ...pair, id: `N${number}` }, now: at, grace: hours * hour });
        if (change.kind === 'changed') held = change.keys;
        expect([...held.values()].some(({ role, until }) => role === 'admin' && until === undefined)).toBe(
          true,
        );
      }
    }),
  );
});

describe('a new pair', () => {
  test('has an id of 20 characters, as the deployment generates them, and a secret of 40', () => {
    const pairs = Array.from({ length: 50 }, () => newKeyPair());
    for (const { id, secretAccessKey } of pairs) {
      expect(id).toMatch(/^OPENSLOT[A-Z0-9]{12}$/);
      expect(secretAccessKey).toMatch(/^[A-Za-z0-9]{40}$/);
    }
    expect(new Set(pairs.flatMap(({ id, secretAccessKey }) => [id, secretAccessKey])).size).toBe(100);
  });

  test('may have an id of its own', () => {
    expect(newKeyPair('GAMEBACKEND2026').id).toBe('GAMEBACKEND2026');
  });
});
