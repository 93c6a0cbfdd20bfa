import { describe, expect, test } from 'vitest';
import { watchFrames } from '#infra/local/frame-sizes.ts';

/** A masked frame of text, as clients send it. */
function frame(payloadBytes: number): Buffer {
  const length =
    payloadBytes < 126
      ? [payloadBytes]
      : payloadBytes < 65_536
        ? [126, ...bytesOf(payloadBytes, 2)]
        : [127, ...bytesOf(payloadBytes, 8)];
  const [first = 0, ...rest] = length;
  // A payload that could be taken for headers of large frames.
  return Buffer.concat([
    Buffer.from([0x81, 0x80 | first, ...rest, 1, 2, 3, 4]),
    Buffer.alloc(payloadBytes, 0xff),
  ]);
}

const bytesOf = (value: number, count: number) =>
  Array.from({ length: count }, (_, index) => Math.floor(value / 256 ** (count - 1 - index)) % 256);

/** The sizes that are told of these frames, when they come in pieces of so many bytes. */
function told(sizes: readonly number[], pieceBytes: number): readonly number[] {
  const found: number[] = [];
  const watch = watchFrames((size) => found.push(size));
  const all = Buffer.concat(sizes.map(frame));
  for (let start = 0; start < all.length; start += pieceBytes) watch(all.subarray(start, start + pieceBytes));
  return found;
}

describe('the sizes of frames', () => {
  const sizes = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000, 0, 5];

  test.each([1, 2, 3, 7, 1_000, 65_536, 1_000_000])(
    'are told in order where they come in pieces of %s bytes',
    (pieceBytes) => {
      expect(told(sizes, pieceBytes)).toEqual(sizes);
    },
  );

  test('are told before the payload has come', () => {
    const found: number[] = [];
    watchFrames((size) => found.push(size))(frame(100_000).subarray(0, 14));
    expect(found).toEqual([100_000]);
  });

  test('are told of frames without a mask, too', () => {
    const found: number[] = [];
    watchFrames((size) => found.push(size))(Buffer.from([0x81, 2, 0xff, 0xff, 0x81, 1, 0xff]));
    expect(found).toEqual([2, 1]);
  });
});
