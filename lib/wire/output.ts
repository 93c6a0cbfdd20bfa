/** What an action answers with, before it is spelled for the wire. Members that are undefined are left out. */
export type Output = { readonly [member: string]: OutputValue | undefined };

export type OutputValue = string | number | boolean | Date | readonly OutputValue[] | Output;
