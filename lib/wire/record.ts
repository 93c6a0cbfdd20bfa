/**
 * Whether the value is a plain object, as decoding makes one: not a list, not bytes, and not a tagged value of CBOR, which
 * is an object with a symbol in it. Read its members by `Object.hasOwn`, since callers choose their names.
 */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === Object.prototype || prototype === null;
  return isPlain && Object.getOwnPropertySymbols(value).length === 0;
}
