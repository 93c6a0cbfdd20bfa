import type { StoredItem } from '#lib/table/client.ts';

/**
 * How large DynamoDB counts an item, in bytes, by the rules of its developer guide ("DynamoDB item sizes and formats").
 * 1,024 of them are one write unit.
 */
export function itemSize(item: StoredItem): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + textSize(name) + valueSize(value), 0);
}

const textSize = (text: string): number => Buffer.byteLength(text);

function valueSize(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return textSize(value);
    case 'number':
      return numberSize(value);
    case 'boolean':
      return 1;
    case 'object':
      if (value !== null) return mapSize(value);
  }
  throw new Error(`No rule for a value of type ${typeof value}`);
}

/** A byte for two significant digits, and one. Zeros at either end do not count. */
function numberSize(value: number): number {
  const digits = BigInt(value).toString().replace(/0+$/, '');
  return Math.ceil(digits.length / 2) + 1;
}

const mapSize = (map: object): number =>
  3 + Object.entries(map).reduce((sum, [name, value]) => sum + 1 + textSize(name) + valueSize(value), 0);
