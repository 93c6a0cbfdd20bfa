import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { LocalRunError } from '#infra/local/local-run-error.ts';
import { openPositions } from '#infra/local/stream-positions.ts';
import { temporaryDirectory } from './made-template.ts';

const stream = 'arn:of:a:stream';

describe('the positions in a stream', () => {
  test('are kept in their file, with no draft beside it', () => {
    const file = path.join(temporaryDirectory(), 'data', 'positions.json');
    const first = openPositions(stream, file);
    expect([first.after('a'), first.isFinished('a')]).toEqual([undefined, false]);
    first.advance('a', '1');
    first.advance('a', '2');
    first.advance('b', '3');
    first.finish('a');
    first.finish('c');
    const second = openPositions(stream, file);
    expect(['a', 'b', 'c'].map((id) => [second.after(id), second.isFinished(id)])).toEqual([
      ['2', true],
      ['3', false],
      [undefined, true],
    ]);
    expect(readdirSync(path.dirname(file))).toEqual(['positions.json']);
  });

  test('of another stream count for nothing', () => {
    const file = path.join(temporaryDirectory(), 'positions.json');
    openPositions(stream, file).advance('a', '1');
    expect(openPositions('arn:of:a:later:stream', file).after('a')).toBeUndefined();
  });

  test('in shards that are gone are forgotten', () => {
    const file = path.join(temporaryDirectory(), 'positions.json');
    const first = openPositions(stream, file);
    first.finish('old');
    first.keepOnly(['new']);
    first.advance('new', '1');
    expect(openPositions(stream, file).isFinished('old')).toBe(false);
  });

  test('are kept nowhere without a file', () => {
    const positions = openPositions(stream, undefined);
    positions.advance('a', '1');
    expect([positions.after('a'), openPositions(stream, undefined).after('a')]).toEqual(['1', undefined]);
  });

  test.each(['', '{', '[]', '{"stream":"arn:of:a:stream","shards":{"a":"1"}}'])(
    'cannot be read from a file with %o, which is named',
    (text) => {
      const file = path.join(temporaryDirectory(), 'positions.json');
      writeFileSync(file, text);
      expect(() => openPositions(stream, file)).toThrow(
        new LocalRunError(`${file} cannot be used: delete it to read the stream anew`),
      );
    },
  );
});
