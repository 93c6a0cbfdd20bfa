import type { Fault, GameSession, ProblemDetails } from './answers.ts';
import { type ProblemCode, problemKinds, problemType } from './problems.ts';

type Headers = Readonly<Record<string, string>>;

/** What was asked for. The body is spelled as JSON; undefined is none. */
export type Answered = {
  readonly kind: 'answered';
  readonly status: 200 | 201 | 204 | 304;
  readonly body: unknown;
  readonly headers: Headers;
};

export type Refused = {
  readonly kind: 'refused';
  readonly code: ProblemCode;
  readonly detail: string;
  readonly errors: readonly Fault[] | undefined;
  /** The session as it is now, where it is the reason and the caller may see it. */
  readonly session: GameSession | undefined;
  readonly headers: Headers;
};

export type Answer = Answered | Refused;

export const answered = (status: Answered['status'], body?: unknown, headers: Headers = {}): Answered => ({
  kind: 'answered',
  status,
  body,
  headers,
});

export const refused = (
  code: ProblemCode,
  detail: string,
  more: Partial<Pick<Refused, 'errors' | 'session' | 'headers'>> = {},
): Refused => ({
  kind: 'refused',
  code,
  detail,
  errors: undefined,
  session: undefined,
  headers: {},
  ...more,
});

/** The most faults that one answer lists: a body can have thousands. */
const mostFaults = 100;

/** Refuses a request for what is wrong with parts of it, of which there is one at least. */
export function invalid(faults: readonly Fault[]): Refused {
  const [first] = faults;
  const named = first === undefined ? 'The request is not valid' : `${nameOf(first)} ${first.detail}`;
  return refused('VALIDATION_ERROR', `${named}${inAll(faults.length)}.`, {
    errors: faults.slice(0, mostFaults),
  });
}

function inAll(count: number): string {
  if (count === 1) return '';
  const listed = count > mostFaults ? `the first ${mostFaults} of ${count}` : String(count);
  return `, and there is more: errors lists ${listed} faults`;
}

function nameOf(fault: Fault): string {
  if ('parameter' in fault) return `The query parameter ${fault.parameter}`;
  if ('header' in fault) return `The header ${fault.header}`;
  return fault.pointer === '' ? 'The body' : `The member ${fault.pointer}`;
}

export type SpelledAnswer = { readonly status: number; readonly body: string; readonly headers: Headers };

/** The answer in HTTP. */
export function spellAnswer(answer: Answer): SpelledAnswer {
  switch (answer.kind) {
    case 'answered': {
      const { status, body, headers } = answer;
      if (body === undefined) return { status, body: '', headers };
      return {
        status,
        body: JSON.stringify(body),
        headers: { ...headers, 'content-type': 'application/json' },
      };
    }
    case 'refused': {
      const { headers } = answer;
      return {
        status: problemKinds[answer.code].status,
        body: JSON.stringify(spellProblem(answer)),
        headers: { ...headers, 'content-type': 'application/problem+json' },
      };
    }
  }
}

function spellProblem({ code, detail, errors, session }: Refused): ProblemDetails {
  const { title, status } = problemKinds[code];
  return {
    type: problemType(code),
    title,
    status,
    detail,
    code,
    ...(errors && { errors: [...errors] }),
    ...(session && { session }),
  };
}
