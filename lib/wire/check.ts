import { type Constraint, notNull } from './constraints.ts';
import { isRecord } from './record.ts';
import {
  type InputOf,
  type IntegerShape,
  integers,
  type ListShape,
  type MapShape,
  type Shape,
  type StringShape,
  type StructureShape,
} from './shapes.ts';
import { showKey } from './show.ts';
import { mistype, violate, type Walk } from './walk.ts';

export type Checked<Input> =
  | { readonly kind: 'ok'; readonly input: Input }
  /** A member has another type than its shape: the request could not be read. */
  | { readonly kind: 'wrong-type'; readonly message: string }
  /** Every member could be read, and some break a constraint. */
  | { readonly kind: 'invalid'; readonly message: string };

/**
 * Reads a decoded request as its shape says. Null counts as absent, and members that the shape does not list are left
 * out of the result. Messages name the member and show its value, unless that is sensitive.
 */
export function check<S extends Shape>(shape: S, value: unknown): Checked<InputOf<S>> {
  const walk: Walk = { path: [], violations: [], wrongType: undefined };
  const input = read(shape, value, walk);
  if (walk.wrongType !== undefined) return { kind: 'wrong-type', message: walk.wrongType };
  const { violations } = walk;
  if (violations.length > 0) {
    const errors = violations.length === 1 ? '1 validation error' : `${violations.length} validation errors`;
    return { kind: 'invalid', message: `${errors} detected: ${violations.join('; ')}` };
  }
  // The one place where the walk, which knows shapes at run time alone, meets the type computed from the same shape.
  return { kind: 'ok', input: input as InputOf<S> };
}

/** Reads one value. What is returned counts only if the whole walk finds nothing wrong. */
function read(shape: Shape, value: unknown, walk: Walk): unknown {
  switch (shape.kind) {
    case 'string':
    case 'integer':
      return readScalar(shape, value, walk);
    case 'boolean':
      return typeof value === 'boolean' ? value : mistype(walk, shape, value);
    case 'list':
      return readList(shape, value, walk);
    case 'map':
      return readMap(shape, value, walk);
    case 'structure':
      return readStructure(shape, value, walk);
  }
}

function readStructure(shape: StructureShape, value: unknown, walk: Walk): unknown {
  if (!isRecord(value)) return mistype(walk, shape, value);
  const input: Record<string, unknown> = {};
  for (const field of shape.fields) {
    const given = Object.hasOwn(value, field.name) ? value[field.name] : undefined;
    walk.path.push(field.pathName);
    if (given !== null && given !== undefined) input[field.name] = read(field.shape, given, walk);
    else if (field.required) violate(walk, field.shape, null, notNull);
    walk.path.pop();
  }
  return input;
}

function readList(shape: ListShape, value: unknown, walk: Walk): unknown {
  if (!Array.isArray(value)) return mistype(walk, shape, value);
  const entries: readonly unknown[] = value;
  if (!hasFittingLength(shape, value, entries, walk)) return undefined;
  const { member } = shape;
  if (!isScalar(member)) return entries.map((entry, index) => readEntry(member, entry, index + 1, walk));
  const broken = findBroken(member, entries, (index) => index + 1, walk);
  if (broken !== undefined) {
    violate(walk, shape, value, `Member must satisfy constraint: [${broken}]`);
  }
  return entries;
}

function readMap(shape: MapShape, value: unknown, walk: Walk): unknown {
  if (!isRecord(value)) return mistype(walk, shape, value);
  const keys = Object.keys(value);
  if (!hasFittingLength(shape, value, keys, walk)) return undefined;
  const pathName = (index: number) => showKey(shape, keys[index] ?? '');

  const brokenKey = findBroken(shape.key, keys, pathName, walk);
  if (brokenKey !== undefined) {
    violate(walk, shape, value, `Map keys must satisfy constraint: [${brokenKey}]`);
  }
  const member = shape.value;
  if (!isScalar(member)) {
    return new Map(keys.map((key, index) => [key, readEntry(member, value[key], pathName(index), walk)]));
  }
  const values = Object.values(value);
  const brokenValue = findBroken(member, values, pathName, walk);
  if (brokenValue !== undefined) {
    violate(walk, shape, value, `Map value must satisfy constraint: [${brokenValue}]`);
  }
  return new Map(Object.entries(value));
}

/** Whether the number of entries is allowed. Where it is not, they are not looked at: the caller may have sent a million. */
function hasFittingLength(
  shape: ListShape | MapShape,
  value: unknown,
  entries: readonly unknown[],
  walk: Walk,
): boolean {
  const broken = brokenBy(entries, shape.constraints);
  for (const { text } of broken) violate(walk, shape, value, text);
  return broken.length === 0;
}

function readEntry(shape: Shape, entry: unknown, pathName: string | number, walk: Walk): unknown {
  walk.path.push(pathName, 'member');
  const input = entry === null ? violate(walk, shape, null, notNull) : read(shape, entry, walk);
  walk.path.length -= 2;
  return input;
}

type Scalar = StringShape | IntegerShape;

function isScalar(shape: Shape): shape is Scalar {
  return shape.kind === 'string' || shape.kind === 'integer';
}

function readScalar(shape: Scalar, value: unknown, walk: Walk): unknown {
  const broken = judge(shape, value);
  if (broken === 'wrong type') return mistype(walk, shape, value);
  for (const { text } of broken) violate(walk, shape, value, text);
  return value;
}

/**
 * Looks at strings or numbers that are reported together: the answer lists what their shape asks for if any of them
 * breaks it, and is undefined if all fit.
 */
function findBroken(
  shape: Scalar,
  entries: readonly unknown[],
  pathName: (index: number) => string | number,
  walk: Walk,
): string | undefined {
  let asked: string | undefined;
  for (const [index, entry] of entries.entries()) {
    if (entry === null) {
      asked ??= notNull;
      continue;
    }
    const broken = judge(shape, entry);
    if (broken === 'wrong type') {
      walk.path.push(pathName(index), 'member');
      mistype(walk, shape, entry);
      walk.path.length -= 2;
    } else if (broken.length > 0) {
      asked ??= shape.constraints.map(({ text }) => text).join(', ');
    }
  }
  return asked;
}

function judge(shape: Scalar, value: unknown): readonly Broken[] | 'wrong type' {
  if (shape.kind === 'string') {
    const isText = typeof value === 'string' && value.isWellFormed();
    return isText ? brokenBy(value, shape.constraints) : 'wrong type';
  }
  const isInteger =
    typeof value === 'number' && Number.isInteger(value) && value >= integers.min && value <= integers.max;
  return isInteger ? brokenBy(value, shape.constraints) : 'wrong type';
}

type Broken = Pick<Constraint<never>, 'text'>;
const nothing: readonly Broken[] = [];

function brokenBy<T>(value: T, constraints: readonly Constraint<T>[]): readonly Broken[] {
  const fits = constraints.every((constraint) => constraint.admits(value));
  return fits ? nothing : constraints.filter((constraint) => !constraint.admits(value));
}
