import { expect, test } from 'vitest';
import { readImage } from '#functions/cleanup/on-change/stream-image.ts';

test('an image reads as the item that it shows, bytes included', () => {
  expect(
    readImage({
      text: { S: 'a' },
      number: { N: '1777777777777' },
      flag: { BOOL: false },
      bytes: { B: 'AP8=' },
      map: { M: { seat: { N: '1e15' }, none: { M: {} } } },
      list: { L: [{ S: '' }, { L: [] }] },
    }),
  ).toEqual({
    text: 'a',
    number: 1_777_777_777_777,
    flag: false,
    bytes: Uint8Array.of(0, 255),
    map: { seat: 1e15, none: {} },
    list: ['', []],
  });
});

test('an attribute of a kind that no item of the table has is told by its kind', () => {
  expect(() => readImage({ names: { SS: ['a player'] } })).toThrow('an attribute of the kind SS');
});
