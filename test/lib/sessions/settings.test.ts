import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideDescription, maximumProperties } from '#lib/sessions/description.ts';
import { heldSlots, seatState } from '#lib/sessions/ledger.ts';
import { decideSettings, type Settings } from '#lib/sessions/settings.ts';
import { acceptedSeat, type Ledger, type Property, type SessionPayload } from '#lib/table/session-item.ts';
import { maximumReclaimed } from '#lib/table/settings-requests.ts';
import { ledger } from './some-ledger.ts';

const now = 1_000_000;
const lapsed = now - 1;
const later = now + 1;

const nothing = { capacity: undefined, takesPlayers: undefined, reclaim: [] };
const seats = (count: number, value: number): Ledger['seats'] =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`seat${i}`, value]));

describe('what becomes of the settings of a session', () => {
  test.each<[string, Ledger, Settings, ReturnType<typeof decideSettings>]>([
    [
      'that has ended: nothing',
      ledger({}, 3, { status: 'TERMINATED', endedAt: 1 }),
      { capacity: 3 },
      { kind: 'not-active', status: 'TERMINATED' },
    ],
    [
      'that is not active yet: nothing, also where nothing is asked for',
      ledger({}, 3, { status: 'ACTIVATING' }),
      {},
      { kind: 'not-active', status: 'ACTIVATING' },
    ],
    ['when nothing is asked for: nothing', ledger({ a: later }, 3), {}, { kind: 'as-wanted' }],
    [
      'that are as asked for: nothing',
      ledger({ a: later }, 3, { deniesPlayers: true }),
      { capacity: 4, takesPlayers: false },
      { kind: 'as-wanted' },
    ],
    [
      'when it is to have more slots: they are open',
      ledger({ a: lapsed }, 3),
      { capacity: 9 },
      { kind: 'write', change: { ...nothing, capacity: { from: 4, to: 9 } } },
    ],
    [
      'when it is to have fewer and they are open: no seat is touched, not even a lapsed one',
      ledger({ a: later, b: lapsed }, 2),
      { capacity: 2 },
      { kind: 'write', change: { ...nothing, capacity: { from: 4, to: 2 } } },
    ],
    [
      'when it is to have fewer than are open: as many lapsed seats as needed go',
      ledger({ a: lapsed, b: later, c: lapsed, d: lapsed }, 1),
      { capacity: 2 },
      {
        kind: 'write',
        change: {
          ...nothing,
          capacity: { from: 5, to: 2 },
          reclaim: [
            { token: 'a', value: lapsed },
            { token: 'c', value: lapsed },
          ],
        },
      },
    ],
    [
      'when it is to have as many as are held: all others go',
      ledger({ a: later, b: acceptedSeat, c: now }, 1),
      { capacity: 2 },
      {
        kind: 'write',
        change: { ...nothing, capacity: { from: 4, to: 2 }, reclaim: [{ token: 'c', value: now }] },
      },
    ],
    [
      'when it is to have fewer than are held: nothing',
      ledger({ a: later, b: acceptedSeat, c: lapsed }, 1),
      { capacity: 1, takesPlayers: false },
      { kind: 'below-held', held: 2 },
    ],
    [
      'when newcomers are to be turned away: they are',
      ledger({ a: later }, 1),
      { takesPlayers: false },
      { kind: 'write', change: { ...nothing, takesPlayers: false } },
    ],
    [
      'when newcomers are to be let in again: they are, together with a change of the slots',
      ledger({ a: later }, 1, { deniesPlayers: true }),
      { takesPlayers: true, capacity: 3 },
      { kind: 'write', change: { capacity: { from: 2, to: 3 }, takesPlayers: true, reclaim: [] } },
    ],
    [
      'when more lapsed seats have to go than one write can be conditional on: these go first, alone',
      ledger(seats(maximumReclaimed + 1, lapsed), 0),
      { capacity: 0, takesPlayers: false },
      {
        kind: 'write',
        change: {
          ...nothing,
          reclaim: Object.entries(seats(maximumReclaimed, lapsed)).map(([token, value]) => ({
            token,
            value,
          })),
        },
      },
    ],
  ])('%s', (_, image, wanted, decision) => {
    expect(decideSettings(image, wanted, now)).toEqual(decision);
  });

  const anyLedger = fc
    .record({
      seats: fc.dictionary(
        fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
        fc.constantFrom(lapsed, now, later, acceptedSeat),
      ),
      open: fc.nat({ max: 4 }),
      deniesPlayers: fc.boolean(),
    })
    .map(({ seats, open, deniesPlayers }) => ledger(seats, open, { deniesPlayers }));
  const anySettings = fc.record(
    { capacity: fc.nat({ max: 12 }), takesPlayers: fc.boolean() },
    { requiredKeys: [] },
  );

  test('fits the image: it is refused for slots that are held and for nothing else, and no slot that is held goes', () => {
    fc.assert(
      fc.property(anyLedger, anySettings, (image, wanted) => {
        const decision = decideSettings(image, wanted, now);
        const held = heldSlots(image, now);
        const isBelow = wanted.capacity !== undefined && wanted.capacity < held;
        expect(decision.kind === 'below-held').toBe(isBelow);
        if (decision.kind !== 'write') return;

        const { capacity, reclaim } = decision.change;
        const gone = (capacity ? capacity.from - capacity.to : 0) - reclaim.length;
        expect(image.open - gone).toBeGreaterThanOrEqual(0);
        if (reclaim.length > 0) expect(image.open - gone).toBe(0);
        expect(capacity?.to).toBe(wanted.capacity === image.capacity ? undefined : wanted.capacity);
        for (const { token, value } of reclaim) {
          expect(image.seats[token]).toBe(value);
          expect(seatState(value, now)).toBe('lapsed');
        }
        expect(new Set(reclaim.map(({ token }) => token)).size).toBe(reclaim.length);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('what becomes of the description of a session', () => {
  const property = (key: string, value: string): Property => ({ key, value });
  const payload: SessionPayload = {
    fleetId: 'fleet-1',
    location: 'custom-1',
    id: 'gsess-1',
    createdAt: 1,
    asked: 'hash',
    name: 'Friday',
    creatorId: undefined,
    properties: [property('map', 'harbour'), property('mode', 'duel')],
    protection: 'NoProtection',
    hasData: false,
    rev: 3,
  };
  const full = Array.from({ length: maximumProperties }, (_, i) => property(`key${i}`, 'old'));

  test.each<[string, Partial<SessionPayload>, Parameters<typeof decideDescription>[1], unknown]>([
    ['that nobody changes: nothing', {}, {}, { kind: 'as-wanted' }],
    [
      'that is as asked for: nothing',
      {},
      { name: 'Friday', protection: 'NoProtection', properties: [property('mode', 'duel')] },
      { kind: 'as-wanted' },
    ],
    [
      'without properties, to which none are added: nothing',
      { properties: undefined },
      { properties: [] },
      { kind: 'as-wanted' },
    ],
    [
      'that gets another name: the name alone',
      {},
      { name: 'Saturday' },
      { kind: 'write', changes: { name: 'Saturday' } },
    ],
    [
      'that gets a name and protection: both',
      { name: undefined },
      { name: 'Friday', protection: 'FullProtection' },
      { kind: 'write', changes: { name: 'Friday', protection: 'FullProtection' } },
    ],
    [
      'that gets properties: new ones come last, others get the new value in their place, and none goes',
      {},
      { properties: [property('mode', 'race'), property('night', 'yes')] },
      { kind: 'write', changes: { properties: '[["map","harbour"],["mode","race"],["night","yes"]]' } },
    ],
    [
      'that gets a property twice: the last value counts',
      { properties: undefined },
      { properties: [property('mode', 'duel'), property('mode', 'race')] },
      { kind: 'write', changes: { properties: '[["mode","race"]]' } },
    ],
    [
      'with 16 properties, one of which gets another value: that value',
      { properties: full },
      { properties: [property('key15', 'new')] },
      { kind: 'write', changes: { properties: expect.stringContaining('["key15","new"]') } },
    ],
    [
      'with 16 properties that would get another one: nothing',
      { properties: full },
      { properties: [property('key16', 'new')], name: 'Saturday' },
      { kind: 'too-many-properties', properties: 17 },
    ],
  ])('%s', (_, changes, wanted, decision) => {
    expect(decideDescription({ ...payload, ...changes }, wanted)).toEqual(decision);
  });
});
