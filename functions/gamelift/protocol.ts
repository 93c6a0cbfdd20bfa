import type { HttpRequest } from '#functions/http.ts';
import { awsJson } from '#lib/wire/aws-json.ts';
import { cborProtocol, rpcV2Cbor } from '#lib/wire/cbor.ts';
import { plainJson } from '#lib/wire/plain-json.ts';
import type { Spelling } from '#lib/wire/spelling.ts';

/** How a request is spelled, and what it says of itself in that spelling: enough to answer whatever else is wrong with it. */
export type Protocol = {
  readonly spelling: Spelling;
  /** The operation's name as the caller spells it, of GameLift or not. */
  readonly operation: string | undefined;
  /** How an operation is named in this protocol. */
  readonly naming: string;
  /** Headers that decide what the request does, and so must be signed. The path and the query always are. */
  readonly signedHeaders: readonly string[];
  /** Which rule of its protocol the request breaks. */
  readonly fault: string | undefined;
};

/** Tells by path and content type alone how a request is spelled. */
export function readProtocol(request: HttpRequest): Protocol {
  // The protocol leaves it to a service what stands before these four segments.
  const [, service, operation] = cborPath.exec(request.path) ?? [];
  if (service !== undefined) return readCbor(request, service, operation);
  return contentTypeOf(request) === plainJson.contentType ? readPlainJson(request) : readAwsJson(request);
}

const cborPath = /\/service\/([^/]*)\/operation\/([^/]*)$/;
/** The service's name, alone and as an absolute shape id. */
const cborServices: ReadonlySet<string> = new Set(['GameLift', 'com.amazonaws.gamelift.GameLift']);

const targetHeader = 'x-amz-target';
const targetParameter = 'X-Amz-Target';
const targetPrefix = 'GameLift.';

function readCbor(request: HttpRequest, service: string, operation: string | undefined): Protocol {
  return {
    spelling: rpcV2Cbor,
    operation: cborServices.has(service) ? operation : undefined,
    naming: 'The path must name an operation: /service/GameLift/operation/<operation>.',
    signedHeaders: [],
    fault: cborFault(request),
  };
}

function cborFault(request: HttpRequest): string | undefined {
  if (request.headers[cborProtocol.header] !== cborProtocol.name) {
    return `The header ${cborProtocol.header} must be ${cborProtocol.name}.`;
  }
  if (request.headers[targetHeader] !== undefined) {
    return `A request with ${cborProtocol.header} must not have ${targetParameter}: the path names the operation.`;
  }
  return contentTypeOf(request) === rpcV2Cbor.contentType
    ? undefined
    : `Content-Type must be ${rpcV2Cbor.contentType}.`;
}

function readPlainJson({ headers, query }: HttpRequest): Protocol {
  const inHeader = headers[targetHeader];
  const inQuery = new URLSearchParams(query).getAll(targetParameter);
  const targets = new Set(inHeader === undefined ? inQuery : [inHeader, ...inQuery]);
  const [target] = targets;
  return {
    spelling: plainJson,
    operation: operationOf(target),
    naming: `${targetParameter}, as a header or in the query, must name an operation: ${targetPrefix}<operation>.`,
    signedHeaders: inHeader === undefined ? [] : [targetHeader],
    fault:
      targets.size > 1 ? `${targetParameter} is there more than once, with different values.` : undefined,
  };
}

function readAwsJson(request: HttpRequest): Protocol {
  return {
    spelling: awsJson,
    operation: operationOf(request.headers[targetHeader]),
    naming: `${targetParameter} must name an operation: ${targetPrefix}<operation>.`,
    signedHeaders: [targetHeader],
    fault:
      contentTypeOf(request) === awsJson.contentType
        ? undefined
        : `Content-Type must be ${awsJson.contentType}, or ${plainJson.contentType} for plain JSON.`,
  };
}

const operationOf = (target: string | undefined): string | undefined =>
  target?.startsWith(targetPrefix) ? target.slice(targetPrefix.length) : undefined;

const contentTypeOf = ({ headers }: HttpRequest): string | undefined =>
  headers['content-type']?.split(';')[0]?.trim().toLowerCase();
