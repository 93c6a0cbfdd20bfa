/** Collects the names and values in the expressions of one write to a ledger: tokens may begin with a digit. */
export function ledgerExpression() {
  // `open` is a word of DynamoDB's own.
  const names: Record<string, string> = { '#open': 'open' };
  const values: Record<string, number | string | true> = {};
  return {
    names,
    values,
    seat(token: string): string {
      const name = `#${token}`;
      names[name] = token;
      return `s.${name}`;
    },
    value(name: string, value: number | string | true): string {
      values[`:${name}`] = value;
      return `:${name}`;
    },
  };
}
