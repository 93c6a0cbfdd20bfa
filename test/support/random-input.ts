import fc from 'fast-check';
import type { Shape, StructureShape } from '#lib/wire/shapes.ts';

/** What names lead somewhere, by the members that hold them. */
type Known = Readonly<Record<string, readonly string[]>>;

/** Inputs that are nearly right: members of the shape, and one that it has not, with values of any kind among good ones. */
export function nearlyRight(shape: StructureShape, known: Known): fc.Arbitrary<object> {
  const members: Record<string, fc.Arbitrary<unknown>> = { SomethingNew: fc.oneof(absent, anything) };
  for (const { name, shape: member, required } of shape.fields) {
    const usual = known[name] ?? [];
    const value = fc.oneof(
      { weight: usual.length === 0 ? 0 : 12, arbitrary: fc.constantFrom(...usual, '') },
      { weight: 12, arbitrary: valueOfKind(member, known) },
      { weight: 1, arbitrary: fc.oneof(anything, fc.constant(null)) },
    );
    members[name] = required ? value : fc.oneof(absent, absent, value);
  }
  // What is absent in JSON has no spelling in CBOR.
  return fc
    .record(members)
    .map((input) => Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)));
}

const absent = fc.constant(undefined);

/** What JSON and CBOR both can hold. */
const anything: fc.Arbitrary<unknown> = fc.jsonValue({ maxDepth: 3 });

function valueOfKind(shape: Shape, known: Known): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case 'string':
      return shape.values === undefined ? text : fc.oneof(fc.constantFrom(...shape.values), text);
    case 'integer':
      return fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer(), fc.double());
    case 'boolean':
      return fc.boolean();
    case 'list':
      return fc.array(valueOfKind(shape.member, known), { maxLength: 4 });
    case 'map':
      return fc.dictionary(text, valueOfKind(shape.value, known), { maxKeys: 4 });
    case 'structure':
      return nearlyRight(shape, known);
  }
}

const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: fc.constantFrom(...'abc-019') }));
