import {
  type Constraint,
  codePoints,
  entries,
  greatest,
  least,
  longest,
  matching,
  oneOf,
  shortest,
} from './constraints.ts';

/**
 * The language of the constraint tables that stand beside the actions. A shape says what a member of a request must be,
 * whatever its spelling on the wire. Shapes are made once, at module load: patterns are compiled then.
 */
export type Shape = StringShape | IntegerShape | BooleanShape | ListShape | MapShape | StructureShape;

export interface StringShape<V extends string = string> {
  readonly kind: 'string';
  readonly values: readonly V[] | undefined;
  readonly constraints: readonly Constraint<string>[];
  readonly sensitive: boolean;
}

export interface IntegerShape {
  readonly kind: 'integer';
  readonly constraints: readonly Constraint<number>[];
  readonly sensitive: boolean;
}

export interface BooleanShape {
  readonly kind: 'boolean';
  readonly sensitive: boolean;
}

export interface ListShape<M extends Shape = Shape> {
  readonly kind: 'list';
  readonly member: M;
  readonly constraints: readonly Constraint<readonly unknown[]>[];
  readonly sensitive: boolean;
}

export interface MapShape<V extends Shape = Shape> {
  readonly kind: 'map';
  readonly key: StringShape;
  readonly value: V;
  readonly constraints: readonly Constraint<readonly unknown[]>[];
  readonly sensitive: boolean;
}

export interface StructureShape<M extends Members = Members> {
  readonly kind: 'structure';
  readonly members: M;
  /** The members again, in order, as the checker walks them. */
  readonly fields: readonly Field[];
  readonly sensitive: boolean;
}

export interface Members {
  readonly [name: string]: Shape | RequiredMember;
}

export interface RequiredMember<S extends Shape = Shape> {
  readonly kind: 'required';
  readonly shape: S;
}

export interface Field {
  readonly name: string;
  /** The name as messages spell it: `PlayerId` is found at `playerId`. */
  readonly pathName: string;
  readonly shape: Shape;
  readonly required: boolean;
}

type Length = { readonly min?: number; readonly max?: number };
/** A sensitive value is never shown in a message. What holds a sensitive value is sensitive too. */
type Sensitivity = { readonly sensitive?: true };

/** A string. Lengths are in Unicode code points; the pattern, as the service model prints it, must match the whole. */
export function string<const V extends string = string>(
  limits: Length & Sensitivity & { readonly pattern?: string; readonly values?: readonly V[] } = {},
): StringShape<V> {
  const { min, max, pattern, values, sensitive = false } = limits;
  const withinMax = max === undefined ? undefined : longest(codePoints, max);
  return {
    kind: 'string',
    values,
    constraints: present([
      withinMax,
      min === undefined ? undefined : shortest(codePoints, min),
      pattern === undefined ? undefined : matching(pattern, withinMax),
      values === undefined ? undefined : oneOf(values),
    ]),
    sensitive,
  };
}

/** The whole numbers of 32 bits, which is what the service model's integers are. */
export const integers = { min: -(2 ** 31), max: 2 ** 31 - 1 } as const;

/** A whole number of 32 bits. */
export function integer(limits: Length & Sensitivity = {}): IntegerShape {
  const { min, max, sensitive = false } = limits;
  return {
    kind: 'integer',
    constraints: present([
      max === undefined ? undefined : greatest(max),
      min === undefined ? undefined : least(min),
    ]),
    sensitive,
  };
}

export const boolean: BooleanShape = { kind: 'boolean', sensitive: false };

export function list<M extends Shape>(member: M, limits: Length & Sensitivity = {}): ListShape<M> {
  const sensitive = limits.sensitive ?? member.sensitive;
  return { kind: 'list', member, constraints: entryLimits(limits), sensitive };
}

export function map<V extends Shape>(
  key: StringShape,
  value: V,
  limits: Length & Sensitivity = {},
): MapShape<V> {
  const sensitive = limits.sensitive ?? (key.sensitive || value.sensitive);
  return { kind: 'map', key, value, constraints: entryLimits(limits), sensitive };
}

/** Members are optional unless wrapped in {@link required}. Members that are not listed are ignored in a request. */
export function structure<const M extends Members>(members: M): StructureShape<M> {
  const fields = Object.entries(members).map(([name, member]): Field => {
    const pathName = name.charAt(0).toLowerCase() + name.slice(1);
    return member.kind === 'required'
      ? { name, pathName, shape: member.shape, required: true }
      : { name, pathName, shape: member, required: false };
  });
  return { kind: 'structure', members, fields, sensitive: fields.some((field) => field.shape.sensitive) };
}

export function required<S extends Shape>(shape: S): RequiredMember<S> {
  return { kind: 'required', shape };
}

/**
 * The type of a value that passed the check of a shape. Required members are always there, optional ones are absent
 * rather than undefined, and a map is a `Map`, because callers choose its keys (`__proto__` is a fine player id).
 */
export type InputOf<S> =
  S extends StringShape<infer V>
    ? V
    : S extends IntegerShape
      ? number
      : S extends BooleanShape
        ? boolean
        : S extends ListShape<infer M>
          ? readonly InputOf<M>[]
          : S extends MapShape<infer V>
            ? ReadonlyMap<string, InputOf<V>>
            : S extends StructureShape<infer M>
              ? StructureInput<M>
              : never;

type StructureInput<M extends Members> = Flat<
  { readonly [Name in keyof M as M[Name] extends RequiredMember ? Name : never]: MemberInput<M[Name]> } & {
    readonly [Name in keyof M as M[Name] extends RequiredMember ? never : Name]?: MemberInput<M[Name]>;
  }
>;

type MemberInput<M> = M extends RequiredMember<infer S> ? InputOf<S> : InputOf<M>;

/** One object type instead of an intersection, so that editors and error messages show the members. */
type Flat<T> = { [Name in keyof T]: T[Name] };

function entryLimits({ min, max }: Length): readonly Constraint<readonly unknown[]>[] {
  return present([
    max === undefined ? undefined : longest(entries, max),
    min === undefined ? undefined : shortest(entries, min),
  ]);
}

function present<T>(constraints: readonly (Constraint<T> | undefined)[]): readonly Constraint<T>[] {
  return constraints.filter((constraint) => constraint !== undefined);
}
