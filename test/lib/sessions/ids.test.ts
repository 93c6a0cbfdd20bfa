import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fleetHash, playerHash, seatToken, sessionKeyOf, shortHash } from '#lib/sessions/ids.ts';

describe('every id', () => {
  test.each<[name: string, id: (text: string) => string, length: number]>([
    ['a session key', sessionKeyOf, 18],
    ['a seat token', (text) => seatToken(text, text), 11],
    ['a player hash', playerHash, 16],
    ['a fleet hash', fleetHash, 11],
  ])('%s has one length, and letters and digits alone, whatever it is made from', (_, id, length) => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 1_024 }), (text) => {
        expect(id(text)).toMatch(/^[0-9A-Za-z]+$/);
        expect(id(text)).toHaveLength(length);
        expect(id(text)).toBe(id(text));
      }),
    );
  });

  test('stays what it was: an id that is stored names the same thing in every release', () => {
    expect({
      session: sessionKeyOf('fleet-1/custom-1/gsess-1'),
      seat: seatToken('request-1', 'ada'),
      player: playerHash('ada'),
      fleet: fleetHash('fleet-1'),
    }).toMatchInlineSnapshot(`
      {
        "fleet": "FlM8PBSJ8Lg",
        "player": "BfJZB5wxfZJDypZZ",
        "seat": "8N68opHm0zP",
        "session": "kWXvxXAMEsK7DIjeCz",
      }
    `);
  });
});

test('a hash uses the whole alphabet, each character about as often as any other', () => {
  const counts = new Map<string, number>();
  for (let i = 0; i < 10_000; i++) {
    for (const character of shortHash(`text ${i}`, 21))
      counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  expect(counts.size).toBe(62);
  const expected = (10_000 * 21) / 62;
  for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(0.1 * expected);
});

test('the tokens of 100,000 players, and of one player in 100,000 requests, are all different', () => {
  const tokens = new Set<string>();
  for (let i = 0; i < 100_000; i++) {
    tokens.add(seatToken('one request', `player ${i}`));
    tokens.add(seatToken(`request ${i}`, 'one player'));
  }
  expect(tokens.size).toBe(200_000);
});

test('a token is that of its request and its player, and of no other pair that reads the same in a row', () => {
  expect(seatToken('a', 'bc')).not.toBe(seatToken('ab', 'c'));
  expect(seatToken('', 'a')).not.toBe(seatToken('a', ''));
});
