/**
 * What an action answers with, before it is spelled for the wire. Its names are members of the service model, never a
 * caller's choice. Members that are undefined are left out.
 */
export type Output = { readonly [member: string]: OutputValue | undefined };

export type OutputValue = string | number | boolean | Date | readonly OutputValue[] | Output;

/** As Array.isArray, which does not tell a readonly list apart. */
export const isList = (value: OutputValue | undefined): value is readonly OutputValue[] =>
  Array.isArray(value);

export const isStructure = (value: OutputValue | undefined): value is Output =>
  typeof value === 'object' && !isList(value) && !(value instanceof Date);
