import * as v from 'valibot';
import { LocalRunError } from './local-run-error.ts';

const scalar = v.union([v.string(), v.number(), v.boolean(), v.null()]);
const oneOrMore = v.union([v.string(), v.array(v.string())]);
const comparison = v.picklist(['<', '<=', '=', '>=', '>']);

const conditionSchema = v.union([
  scalar,
  v.strictObject({ prefix: v.string() }),
  v.strictObject({ suffix: v.string() }),
  v.strictObject({ 'equals-ignore-case': v.string() }),
  v.strictObject({ exists: v.boolean() }),
  v.strictObject({
    numeric: v.union([
      v.strictTuple([comparison, v.number()]),
      v.strictTuple([comparison, v.number(), comparison, v.number()]),
    ]),
  }),
  v.strictObject({
    'anything-but': v.union([
      scalar,
      v.array(v.union([v.string(), v.number()])),
      v.strictObject({ prefix: oneOrMore }),
      v.strictObject({ suffix: oneOrMore }),
    ]),
  }),
]);

type Condition = v.InferOutput<typeof conditionSchema>;
type Comparison = v.InferOutput<typeof comparison>;

/**
 * What EventBridge, and the filters of an event source mapping, select events by: an object as the event's own, with lists
 * of which one has to hold where the event has a value.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
export type EventPattern = { readonly [member: string]: EventPattern | readonly Condition[] };

/**
 * Reads a pattern from what its JSON says.
 *
 * @param place Where the pattern is, for the message.
 * @throws LocalRunError for what AWS would refuse, and for the operators `$or`, `wildcard` and `cidr`.
 */
export function readPattern(value: unknown, place: string): EventPattern {
  const members = v.safeParse(v.record(v.string(), v.unknown()), value);
  if (!members.success || Array.isArray(value)) {
    throw new LocalRunError(`${place} is neither an object nor a list: no event pattern`);
  }
  return Object.fromEntries(
    Object.entries(members.output).map(([name, member]) => {
      const memberPlace = `${place}.${name}`;
      if (name.startsWith('$'))
        throw new LocalRunError(`${memberPlace}: the local run does not know ${name}`);
      return [
        name,
        Array.isArray(member) ? readConditions(member, memberPlace) : readPattern(member, memberPlace),
      ];
    }),
  );
}

function readConditions(list: readonly unknown[], place: string): readonly Condition[] {
  if (list.length === 0) throw new LocalRunError(`${place} is an empty list, which no event matches`);
  return list.map((each) => {
    const parsed = v.safeParse(conditionSchema, each);
    if (!parsed.success) {
      throw new LocalRunError(`${place}: the local run does not know the condition ${JSON.stringify(each)}`);
    }
    return parsed.output;
  });
}

/** Whether the event is one that the pattern selects: all its members fit, each by one of its conditions. */
export function matchesPattern(pattern: EventPattern, event: unknown): boolean {
  return Object.entries(pattern).every(([name, expected]) => {
    const found = valuesOf(event).flatMap((value) => valuesOf(memberOf(value, name)));
    return isConditions(expected)
      ? expected.some((condition) => holds(condition, found.filter(isLeaf)))
      : // An event that lacks the member has none of what is below it, which may be what is asked for.
        (found.length === 0 ? [undefined] : found).some((value) => matchesPattern(expected, value));
  });
}

function isConditions(expected: EventPattern[string]): expected is readonly Condition[] {
  return Array.isArray(expected);
}

/** A list stands for each of its members. */
function valuesOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value.flatMap(valuesOf) : [value];
}

function memberOf(value: unknown, name: string): unknown {
  const isObject = typeof value === 'object' && value !== null;
  return isObject ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;
}

/** Only at the end of the way is there something to compare, or to exist. */
function isLeaf(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

function holds(condition: Condition, values: readonly unknown[]): boolean {
  if (typeof condition !== 'object' || condition === null) return values.includes(condition);
  if ('exists' in condition) return condition.exists === values.length > 0;
  return values.some((value) => holdsFor(condition, value));
}

function holdsFor(condition: Exclude<Condition & object, { exists: boolean }>, value: unknown): boolean {
  if ('numeric' in condition) return typeof value === 'number' && isInRange(condition.numeric, value);
  if ('anything-but' in condition) return isAnythingBut(condition['anything-but'], value);
  if (typeof value !== 'string') return false;
  if ('prefix' in condition) return value.startsWith(condition.prefix);
  if ('suffix' in condition) return value.endsWith(condition.suffix);
  return value.toLowerCase() === condition['equals-ignore-case'].toLowerCase();
}

type AnythingBut = Extract<Condition & object, { 'anything-but': unknown }>['anything-but'];

function isAnythingBut(excluded: AnythingBut, value: unknown): boolean {
  if (typeof excluded !== 'object' || excluded === null) return value !== excluded;
  if (!('prefix' in excluded || 'suffix' in excluded)) return !excluded.some((each) => each === value);
  if (typeof value !== 'string') return false;
  return 'prefix' in excluded
    ? ![excluded.prefix].flat().some((each) => value.startsWith(each))
    : ![excluded.suffix].flat().some((each) => value.endsWith(each));
}

type Range = Extract<Condition & object, { numeric: unknown }>['numeric'];

function isInRange(range: Range, value: number): boolean {
  const [first, limit, second, otherLimit] = range;
  const isWithin = compare[first](value, limit);
  return second === undefined || otherLimit === undefined
    ? isWithin
    : isWithin && compare[second](value, otherLimit);
}

const compare: Readonly<Record<Comparison, (value: number, limit: number) => boolean>> = {
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '=': (value, limit) => value === limit,
  '>=': (value, limit) => value >= limit,
  '>': (value, limit) => value > limit,
};
