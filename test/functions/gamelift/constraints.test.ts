import { describe, expect, test } from 'vitest';
import { operations } from '#functions/gamelift/operations.ts';
import { check } from '#lib/wire/check.ts';
import type { Shape } from '#lib/wire/shapes.ts';
import { limits } from './limits/limits.ts';
import type { Member } from './limits/member.ts';

const membersOf = Map.groupBy(limits, ({ operation }) => operation);
const named = (members: readonly Member[]) => members.map((member) => [member.path, member] as const);

describe.each([...operations])('%s', (operation, { input }) => {
  const members = membersOf.get(operation) ?? [];

  test.each(named(members))('checks %s at both sides of each limit', (_, member) => {
    for (const value of member.limit.accepts) {
      expect(check(input, member.requestWith(value))).toMatchObject({ kind: 'ok' });
    }
    for (const [value, constraint] of member.limit.refuses) {
      expect(check(input, member.requestWith(value))).toMatchObject({
        kind: 'invalid',
        message: expect.stringMatching(violation(member, constraint)),
      });
    }
  });

  test.each(named(members))('cannot read %s where it has another type', (_, member) => {
    for (const value of member.limit.wrongTypes) {
      expect(check(input, member.requestWith(value))).toMatchObject({
        kind: 'wrong-type',
        message: expect.stringContaining(`at '${member.path}`),
      });
    }
  });

  test.each(named(members.filter(({ isRequired }) => isRequired)))('cannot do without %s', (path, member) => {
    for (const nothing of [undefined, null]) {
      expect(check(input, member.requestWith(nothing))).toEqual({
        kind: 'invalid',
        message: `1 validation error detected: Value null at '${path}' failed to satisfy constraint: Member must not be null`,
      });
    }
  });

  test.each(named(members.filter(({ isRequired, isEntry }) => !isRequired && !isEntry)))(
    'can do without %s',
    (_, member) => {
      expect(check(input, member.requestWith(null))).toMatchObject({ kind: 'ok' });
    },
  );

  test('has no member and no limit but these', () => {
    const stated = members.flatMap(({ path, isEntry, isRequired, limit }) => [
      ...(isEntry ? [] : [`${path} ${isRequired ? 'is required' : 'is optional'}`]),
      ...limit.refuses.map(([, constraint]) => `${path}: ${constraint}`),
    ]);
    expect([...new Set(stated)].toSorted()).toEqual([...new Set(declared(input, ''))].toSorted());
  });
});

test('every operation that is offered is checked', () => {
  expect([...membersOf.keys()].toSorted()).toEqual([...operations.keys()].toSorted());
});

/** What the message says of a value: where it is, which constraint it breaks, and not the value where that is secret. */
function violation({ path, limit }: Member, constraint: string): RegExp {
  const shown = limit.isSensitive ? "'\\*\\*\\*'" : "'[^]*'";
  return new RegExp(
    `Value ${shown} at '${literally(path)}' failed to satisfy constraint: [^;]*${literally(constraint)}(?![0-9])`,
  );
}

const literally = (text: string) => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

/** What a shape declares, in the words of this test. */
function declared(shape: Shape, path: string): readonly string[] {
  const constraints = 'constraints' in shape ? shape.constraints : [];
  const own = constraints.flatMap(({ text }) => (cannotBeBroken(text) ? [] : [`${path}: ${text}`]));
  switch (shape.kind) {
    case 'string':
    case 'integer':
    case 'boolean':
      return own;
    case 'list': {
      const isStructure = shape.member.kind === 'structure';
      return [...own, ...declared(shape.member, isStructure ? `${path}.1.member` : path)];
    }
    case 'map':
      return [...own, ...declared(shape.key, path), ...declared(shape.value, path)];
    case 'structure':
      return shape.fields.flatMap((field) => {
        const name = path === '' ? field.pathName : `${path}.${field.pathName}`;
        return [`${name} ${field.required ? 'is required' : 'is optional'}`, ...declared(field.shape, name)];
      });
  }
}

const cannotBeBroken = (constraint: string) =>
  constraint === 'Member must have length greater than or equal to 0';
