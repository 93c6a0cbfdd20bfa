import { isRecord } from '#lib/wire/record.ts';
import type { Shape, StructureShape } from '#lib/wire/shapes.ts';

/**
 * The members of a message under the names that its shape knows, in whatever case they were sent: the SDKs differ, as in
 * `LatencyInMs` and `LatencyInMS`. What the shape does not list is left out.
 */
export function inOurSpelling(shape: Shape, value: unknown): unknown {
  switch (shape.kind) {
    case 'structure':
      return isRecord(value) ? membersOf(shape, value) : value;
    case 'list':
      return Array.isArray(value) ? value.map((entry: unknown) => inOurSpelling(shape.member, entry)) : value;
    case 'map':
    case 'string':
    case 'integer':
    case 'boolean':
      return value;
  }
}

function membersOf(shape: StructureShape, value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  for (const field of shape.fields) {
    const given = memberOf(value, field.name);
    if (given !== undefined) members[field.name] = inOurSpelling(field.shape, given);
  }
  return members;
}

/** The member of this name, or else of this name in another case. */
export function memberOf(value: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(value, name)) return value[name];
  const alike = Object.keys(value).find((key) => key.toLowerCase() === name.toLowerCase());
  return alike === undefined ? undefined : value[alike];
}
