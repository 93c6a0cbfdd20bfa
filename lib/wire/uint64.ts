export const greatestUint64 = 2n ** 64n - 1n;
const canonical = /^(?:0|[1-9]\d{0,19})$/;

/**
 * Reads a 64-bit unsigned integer, such as a xuid, from a number that a double holds exactly, from a bigint or from a
 * decimal string. A string has one spelling for each value: no sign, no leading zeros, no spaces.
 *
 * @returns the value in decimal, 0 to 18446744073709551615; undefined for anything else
 */
export function parseUint64(value: unknown): string | undefined {
  switch (typeof value) {
    case 'bigint':
      return value >= 0n && value <= greatestUint64 ? value.toString() : undefined;
    case 'number':
      // Beyond 2^53 a double stands for several integers: which one was meant is lost already.
      return Number.isSafeInteger(value) && value >= 0 ? value.toString() : undefined;
    case 'string':
      return canonical.test(value) && BigInt(value) <= greatestUint64 ? value : undefined;
    default:
      return undefined;
  }
}
