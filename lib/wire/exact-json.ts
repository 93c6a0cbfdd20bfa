declare global {
  // ECMAScript's source text access for JSON, which Node 24 has and TypeScript's library does not describe yet.
  interface JSON {
    parse(
      text: string,
      reviver: (
        this: unknown,
        name: string,
        value: unknown,
        context: { readonly source?: string },
      ) => unknown,
    ): unknown;
    rawJSON(text: string): object;
  }
}

const integer = /^-?\d+$/;
/** An integer that a double may not hold has at least as many digits. */
const longNumber = /\d{16}/;

/**
 * Parses JSON as `JSON.parse` does, but for integers beyond ±(2^53 − 1), which become bigints of exactly their value.
 * Numbers with a fraction or an exponent stay doubles, whatever their size.
 *
 * @throws SyntaxError for text that is not JSON, and for some thousands of levels of nesting with long numbers in them
 */
export function parseExactJson(text: string): unknown {
  // A reviver makes parsing several times slower, and nearly no text has a number for it.
  if (!longNumber.test(text)) return JSON.parse(text);
  try {
    return JSON.parse(text, reviveExactly);
  } catch (error) {
    // Parsing itself has no limit, but a reviver is called from within a recursion that overflows the stack.
    if (error instanceof RangeError) throw new SyntaxError('Nested too deeply', { cause: error });
    throw error;
  }
}

function reviveExactly(_name: string, value: unknown, { source }: { readonly source?: string }): unknown {
  const isInexact = typeof value === 'number' && !Number.isSafeInteger(value);
  return isInexact && source !== undefined && integer.test(source) ? BigInt(source) : value;
}

/**
 * What `JSON.stringify` writes as a number with exactly these digits, which a double might not hold.
 *
 * @param decimal an integer in decimal, such as `parseUint64` gives
 */
export function rawNumber(decimal: string): unknown {
  return JSON.rawJSON(decimal);
}
