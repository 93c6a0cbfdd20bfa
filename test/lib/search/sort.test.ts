import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareValues, parseSort, type Sort } from '#lib/search/sort.ts';
import { anyWords, sortsOf, tastes, writtenSort } from './expressions.ts';

const anOperand =
  'one of gameSessionId, gameSessionName, maximumSessions, creationTimeMillis, playerSessionCount, hasAvailablePlayerSessions, gameSessionProperties.<key>';

describe('a sort expression', () => {
  test('is read as it is meant, in whatever case and with whatever blanks', () => {
    fc.assert(
      fc.property(sortsOf(anyWords), tastes, (sort, taste) => {
        expect(parseSort(writtenSort(sort, taste))).toEqual(sort);
      }),
    );
  });

  test.each([
    ['', `${anOperand} at character 1, found the end`],
    ['ASC', `${anOperand} at character 1, found ASC`],
    ['creationTime ASC', `${anOperand} at character 1, found creationTime`],
    ['-creationTimeMillis', `${anOperand} at character 1, found -creationTimeMillis`],
    ["'gameSessionName' ASC", `${anOperand} at character 1, found 'gameSessionName'`],
    [
      'gameSessionProperties ASC',
      'gameSessionProperties. and a key without dots at character 1, found gameSessionProperties',
    ],
    ['creationTimeMillis', 'ASC or DESC after creationTimeMillis at character 19, found the end'],
    ['creationTimeMillis DOWN', 'ASC or DESC after creationTimeMillis at character 20, found DOWN'],
    ['gameSessionName ASC,', 'ASC or DESC after gameSessionName at character 17, found ASC,'],
    ['gameSessionName ASC maximumSessions DESC', 'the end at character 21, found maximumSessions'],
  ])('is refused with the place when it is %j', (expression, message) => {
    expect(parseSort(expression)).toEqual({ kind: 'bad', message: `expected ${message}` });
  });
});

describe('values in their order', () => {
  const by = (descending: boolean): Sort => ({
    kind: 'sort',
    operand: { type: 'text', name: 'gameSessionName' },
    descending,
  });

  test.each([
    ['numbers', [3, 10, -1, 2], [-1, 2, 3, 10]],
    ['texts, capitals first', ['b', 'a', '', 'B'], ['', 'B', 'a', 'b']],
    ['booleans, false first', [true, false, true], [false, true, true]],
  ])('%s', (_, values, ascending) => {
    expect(values.toSorted((one, other) => compareValues(by(false), one, other))).toEqual(ascending);
    const descending = values.toSorted((one, other) => compareValues(by(true), one, other));
    expect(descending).toEqual(ascending.toReversed());
  });

  test.each([false, true])('end with what has none, also when they descend: %s', (descending) => {
    const values = [undefined, 'a', undefined, 'a'];
    // Array.prototype.sort puts undefined last by itself: objects do not let it.
    const sorted = values
      .map((value) => ({ value }))
      .toSorted((one, other) => compareValues(by(descending), one.value, other.value));
    expect(sorted.map(({ value }) => value)).toEqual(['a', 'a', undefined, undefined]);
  });
});
