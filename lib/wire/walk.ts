import { isRecord } from './record.ts';
import { integers, type Shape } from './shapes.ts';
import { show } from './show.ts';

/** Enough to mend a request by; what a request can make us write must have an end. */
const mostViolations = 10;

/** What one check has found so far, and the path to where it is looking. */
export interface Walk {
  readonly path: (string | number)[];
  readonly violations: string[];
  /** The first member found to have another type than its shape. */
  wrongType: string | undefined;
}

/** Notes that the value of the member at the path breaks a constraint. */
export function violate(walk: Walk, shape: Shape, value: unknown, constraint: string): void {
  if (walk.violations.length === mostViolations) return;
  const shown = value === null ? 'null' : `'${show(shape, value)}'`;
  walk.violations.push(
    `Value ${shown} at '${walk.path.join('.')}' failed to satisfy constraint: ${constraint}`,
  );
}

/** Notes that the member at the path cannot be read as its shape. */
export function mistype(walk: Walk, shape: Shape, value: unknown): undefined {
  const place = walk.path.length === 0 ? 'as the input' : `at '${walk.path.join('.')}'`;
  walk.wrongType ??= `Expected ${expected[shape.kind]} ${place}, found ${found(shape, value)}`;
}

const expected = {
  string: 'a string',
  integer: `a whole number from ${integers.min} to ${integers.max}`,
  boolean: 'true or false',
  list: 'a list',
  map: 'an object',
  structure: 'an object',
} as const;

function found(shape: Shape, value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return value.isWellFormed() ? 'a string' : 'a string with an unpaired surrogate';
    case 'number':
      return shape.sensitive ? 'a number' : String(value);
    case 'boolean':
      return 'a boolean';
    case 'object':
      return isRecord(value) ? 'an object' : 'a value of another kind';
    default:
      return 'a value of another kind';
  }
}
