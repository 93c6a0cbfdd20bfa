/**
 * Whether the value is a plain object, as decoding makes one: not a list, not a date, not bytes. Read its members by
 * `Object.hasOwn`, since callers choose their names.
 */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
