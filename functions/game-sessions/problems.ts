/** Every kind of problem that the API tells, by its code. */
export const problemKinds = {
  VALIDATION_ERROR: { status: 400, title: 'The request is not valid' },
  UNAUTHENTICATED: { status: 401, title: 'The request needs a good bearer token' },
  NOT_VISIBLE: { status: 403, title: 'The session is not shown to this caller' },
  NOT_ALLOWED: { status: 403, title: 'This caller may not do that' },
  NOT_FOUND: { status: 404, title: 'There is nothing here' },
  SESSION_FULL: { status: 409, title: 'The session is full' },
  SESSION_CLOSED: { status: 409, title: 'The session is closed to new players' },
  SESSION_ENDED: { status: 409, title: 'The session has ended' },
  PRECONDITION_FAILED: { status: 412, title: 'Somebody else came first' },
  TOO_LARGE: { status: 413, title: 'The request is too large' },
  THROTTLED: { status: 429, title: 'Too many requests' },
  INTERNAL: { status: 500, title: 'The service could not complete the request' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly title: string }>>;

export type ProblemCode = keyof typeof problemKinds;

export const isProblemCode = (text: string): text is ProblemCode => Object.hasOwn(problemKinds, text);

export const problemCodes: readonly ProblemCode[] = Object.keys(problemKinds).filter(isProblemCode);

/** `urn:openslot:problem:session-full` */
export const problemType = (code: ProblemCode): string =>
  `urn:openslot:problem:${code.toLowerCase().replaceAll('_', '-')}`;
