/** What goes between the local run and the thread that runs a function. */

export type FunctionSetup = {
  readonly name: string;
  readonly memoryMb: number;
  /** The bundle: where it lies, for stack traces, and its text. */
  readonly file: string;
  readonly source: string;
  /** The bundle's export to call. */
  readonly exportName: string;
};

export type ToFunction = {
  readonly id: number;
  /** JSON, as Lambda passes it: what JSON does not carry, the function does not get. */
  readonly event: string;
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly deadline: number;
};

export type FromFunction =
  | { readonly kind: 'ready' }
  /** The result as JSON; undefined for a function that returned nothing. */
  | { readonly kind: 'returned'; readonly id: number; readonly result: string | undefined }
  | { readonly kind: 'threw'; readonly id: number };
