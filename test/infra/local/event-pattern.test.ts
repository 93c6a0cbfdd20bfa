import { describe, expect, test } from 'vitest';
import { matchesPattern, readPattern } from '#infra/local/event-pattern.ts';
import { LocalRunError } from '#infra/local/local-run-error.ts';

const matches = (pattern: unknown, event: unknown) =>
  matchesPattern(readPattern(pattern, 'Filters.0'), event);

describe('an event pattern', () => {
  test.each<[string, unknown, unknown, boolean]>([
    ['a value', { a: ['x'] }, { a: 'x' }, true],
    ['one of several values', { a: ['w', 'x'] }, { a: 'x' }, true],
    ['another value', { a: ['x'] }, { a: 'X' }, false],
    ['a number', { a: [1] }, { a: 1 }, true],
    ['a number that is a text', { a: [1] }, { a: '1' }, false],
    ['a switch', { a: [true] }, { a: true }, true],
    ['null', { a: [null] }, { a: null }, true],
    ['null that is not there', { a: [null] }, {}, false],
    ['an empty text', { a: [''] }, { a: '' }, true],
    ['a member of a member', { a: { b: ['x'] } }, { a: { b: 'x', c: 1 } }, true],
    ['a member of what has none', { a: { b: ['x'] } }, { a: 'x' }, false],
    ['a member that every object has', { toString: [{ exists: true }] }, {}, false],
    ['members that all fit', { a: ['x'], b: ['y'] }, { a: 'x', b: 'y' }, true],
    ['members of which one does not', { a: ['x'], b: ['y'] }, { a: 'x', b: 'z' }, false],
    ['a value in a list', { a: ['x'] }, { a: ['w', 'x'] }, true],
    ['a list without the value', { a: ['x'] }, { a: ['w'] }, false],
    ['a member in a list', { a: { b: ['x'] } }, { a: [{ b: 'w' }, { b: 'x' }] }, true],
    ['members of different objects in a list', { a: { b: [1], c: [2] } }, { a: [{ b: 1 }, { c: 2 }] }, false],
    ['nothing', {}, { a: 'x' }, true],
    ['a beginning', { a: [{ prefix: 'ab' }] }, { a: 'abc' }, true],
    ['another beginning', { a: [{ prefix: 'ab' }] }, { a: 'cab' }, false],
    ['an end', { a: [{ suffix: 'bc' }] }, { a: 'abc' }, true],
    ['another end', { a: [{ suffix: 'bc' }] }, { a: 'bca' }, false],
    ['a beginning of what is no text', { a: [{ prefix: '1' }] }, { a: 1 }, false],
    ['a text in other letters', { a: [{ 'equals-ignore-case': 'ab' }] }, { a: 'AB' }, true],
    ['what is there', { a: [{ exists: true }] }, { a: null }, true],
    ['what is not there', { a: [{ exists: true }] }, {}, false],
    ['nothing at a place', { a: [{ exists: false }] }, {}, true],
    ['something at that place', { a: [{ exists: false }] }, { a: false }, false],
    ['nothing below what is not there', { a: { b: { c: [{ exists: false }] } } }, { x: 1 }, true],
    ['nothing below what is there', { a: { b: { c: [{ exists: false }] } } }, { a: { b: { c: 1 } } }, false],
    ['more than', { a: [{ numeric: ['>', 1] }] }, { a: 2 }, true],
    ['no more than', { a: [{ numeric: ['>', 1] }] }, { a: 1 }, false],
    ['within', { a: [{ numeric: ['>=', 1, '<', 3] }] }, { a: 1 }, true],
    ['without', { a: [{ numeric: ['>=', 1, '<', 3] }] }, { a: 3 }, false],
    ['at most', { a: [{ numeric: ['<=', 1] }] }, { a: 1 }, true],
    ['equal', { a: [{ numeric: ['=', 1] }] }, { a: 1 }, true],
    ['a number where a text is', { a: [{ numeric: ['=', 1] }] }, { a: '1' }, false],
    ['anything but a value', { a: [{ 'anything-but': 'x' }] }, { a: 'y' }, true],
    ['that value', { a: [{ 'anything-but': 'x' }] }, { a: 'x' }, false],
    ['anything but several', { a: [{ 'anything-but': ['x', 'y'] }] }, { a: 'z' }, true],
    ['one of them', { a: [{ 'anything-but': ['x', 'y'] }] }, { a: 'y' }, false],
    ['anything, where there is nothing', { a: [{ 'anything-but': 'x' }] }, {}, false],
    ['anything but a beginning', { a: [{ 'anything-but': { prefix: 'ab' } }] }, { a: 'bab' }, true],
    ['one of the beginnings', { a: [{ 'anything-but': { prefix: ['ab', 'c'] } }] }, { a: 'cd' }, false],
    ['anything but an end', { a: [{ 'anything-but': { suffix: 'ab' } }] }, { a: 'aba' }, true],
    ['that end', { a: [{ 'anything-but': { suffix: 'ab' } }] }, { a: 'bab' }, false],
    ['one condition of several', { a: [{ prefix: 'x' }, { exists: false }] }, {}, true],
  ])('is asked for %s', (_, pattern, event, expected) => {
    expect(matches(pattern, event)).toBe(expected);
  });

  test.each([
    ['an operator that is not known', { a: [{ wildcard: '*' }] }, 'Filters.0.a', '{"wildcard":"*"}'],
    ['an operator with a wrong operand', { a: { b: [{ prefix: 1 }] } }, 'Filters.0.a.b', '{"prefix":1}'],
    ['two operators at once', { a: [{ prefix: 'a', suffix: 'b' }] }, 'Filters.0.a', 'prefix'],
    ['an unknown comparison', { a: [{ numeric: ['!=', 1] }] }, 'Filters.0.a', '!='],
    ['alternatives', { $or: [{ a: ['x'] }] }, 'Filters.0.$or', '$or'],
    ['a value that is in no list', { a: 'x' }, 'Filters.0.a', 'neither an object nor a list'],
    ['an empty list', { a: [] }, 'Filters.0.a', 'empty list'],
    ['a list for the whole', [{ a: ['x'] }], 'Filters.0', 'no event pattern'],
    ['nothing', null, 'Filters.0', 'no event pattern'],
  ])('with %s is refused by place', (_, pattern, place, reason) => {
    const read = () => readPattern(pattern, 'Filters.0');
    expect(read).toThrow(LocalRunError);
    expect(read).toThrow(place);
    expect(read).toThrow(reason);
  });
});
