import { validateHeaderName, validateHeaderValue } from 'node:http';
import * as v from 'valibot';

/** What the gateway sends back. */
export type GatewayAnswer = {
  readonly statusCode: number;
  /** A list for a header that is sent several times. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer | string;
};

const headerName = v.pipe(v.string(), v.toLowerCase(), v.check(isAllowed(validateHeaderName)));
const headerValue = v.pipe(
  v.union([v.string(), v.number(), v.boolean()]),
  v.transform(String),
  v.check(isAllowed((value) => validateHeaderValue('header', value))),
);

const structuredResult = v.object({
  statusCode: v.pipe(
    v.union([v.number(), v.string()]),
    v.transform(Number),
    v.integer(),
    v.minValue(200),
    v.maxValue(599),
  ),
  headers: v.nullish(v.record(headerName, headerValue)),
  cookies: v.nullish(v.array(headerValue)),
  body: v.nullish(v.string()),
  isBase64Encoded: v.nullish(v.boolean()),
});

/** The gateway counts and frames the body itself. */
const framing: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'transfer-encoding',
]);

/** Whether an answer of this status has a body, and headers that tell its type and length. */
export const hasBody = (statusCode: number): boolean => statusCode !== 204 && statusCode !== 304;

/**
 * What a function's result becomes, payload format version 2.0: an object with a status code is the answer itself, and
 * anything else is the body of one that went well. Undefined for a result that makes no HTTP answer.
 */
export function gatewayAnswer(result: unknown): GatewayAnswer | undefined {
  if (typeof result !== 'object' || result === null || !('statusCode' in result)) {
    const body = typeof result === 'string' ? result : JSON.stringify(result ?? null);
    return { statusCode: 200, headers: { 'content-type': 'application/json' }, body };
  }
  const parsed = v.safeParse(structuredResult, result);
  if (!parsed.success) return undefined;
  const { statusCode, headers, cookies, body, isBase64Encoded } = parsed.output;
  const named = Object.entries(headers ?? {}).filter(([name]) => !framing.has(name));
  return {
    statusCode,
    headers: {
      ...(hasBody(statusCode) && { 'content-type': 'text/plain;charset=UTF-8' }),
      ...Object.fromEntries(named),
      ...(cookies && cookies.length > 0 && { 'set-cookie': cookies }),
    },
    body: isBase64Encoded ? Buffer.from(body ?? '', 'base64') : (body ?? ''),
  };
}

/** Whether HTTP allows it: the checks of node:http throw where it does not. */
function isAllowed(check: (text: string) => void): (text: string) => boolean {
  return (text) => {
    try {
      check(text);
      return true;
    } catch {
      return false;
    }
  };
}

/** The gateway's own answers, which no function is asked for. */
export const gatewayRefusals = {
  badRequest: refusal(400, 'Bad Request'),
  notFound: refusal(404, 'Not Found'),
  tooLarge: refusal(413, 'Request Entity Too Large'),
  functionFailed: refusal(500, 'Internal Server Error'),
  timedOut: refusal(503, 'Service Unavailable'),
} as const;

function refusal(statusCode: number, message: string): GatewayAnswer {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ message }) };
}
