import { headerOf, type SignedRequest } from './canonical-request.ts';

/** The one algorithm that is offered, as it stands in the Authorization header and in what is signed. */
export const signingAlgorithm = 'AWS4-HMAC-SHA256';

/** What a request says about its own signature. Nothing of it is proved yet. */
export type Authorization = {
  readonly kind: 'read';
  readonly accessKeyId: string;
  readonly scope: CredentialScope;
  /** In the client's order, none twice. */
  readonly signedHeaders: readonly string[];
  /** 64 lower-case hexadecimal digits. */
  readonly signature: string;
  readonly date: SigningDate;
};

export type CredentialScope = {
  /** yyyymmdd */
  readonly day: string;
  readonly region: string;
  readonly service: string;
  readonly terminator: string;
};

export type SigningDate = {
  /** ISO 8601's basic format in seconds, `20261121T100000Z`: the spelling that is signed. */
  readonly text: string;
  /** Epoch milliseconds. */
  readonly time: number;
};

export type UnreadableAuthorization = {
  readonly kind: 'missing' | 'incomplete' | 'bad-signature';
  readonly message: string;
};

/**
 * Reads the Authorization header and the date that belongs to it. Signatures in the query string are not offered: a
 * presigned URL outlives its request, and no operation here needs one.
 */
export function readAuthorization(request: SignedRequest): Authorization | UnreadableAuthorization {
  const header = headerOf(request, 'authorization')?.trim() ?? '';
  const inQuery = hasQueryAuthentication(request.query);
  if (inQuery && header !== '') {
    return badSignature(
      "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
    );
  }
  if (inQuery) {
    return incomplete("Query-string signatures are not supported: use the 'Authorization' header.");
  }
  if (!header.startsWith('AWS4-')) return { kind: 'missing', message: 'Missing Authentication Token' };
  if (!header.startsWith(`${signingAlgorithm} `)) {
    return incomplete(`Unsupported algorithm: use ${signingAlgorithm}.`);
  }

  const parts = partsOf(header.slice(signingAlgorithm.length));
  const credential = parts.get('Credential');
  const signature = parts.get('Signature');
  const signedHeaders = parts.get('SignedHeaders');
  const writtenDate = headerOf(request, 'x-amz-date') || headerOf(request, 'date');
  if (!credential || !signature || !signedHeaders || !writtenDate) {
    return incomplete(whatIsMissing({ credential, signature, signedHeaders, writtenDate }));
  }
  return readParts(credential, signature, signedHeaders.split(';'), writtenDate);
}

function readParts(
  credential: string,
  signature: string,
  signedHeaders: readonly string[],
  writtenDate: string,
): Authorization | UnreadableAuthorization {
  const date = readDate(writtenDate);
  if (date === undefined) {
    return incomplete("Date must be in ISO-8601 'basic format', YYYYMMDDTHHMMSSZ, or an HTTP date.");
  }
  const [accessKeyId, day, region, service, terminator, ...rest] = credential.split('/');
  if (!accessKeyId || !day || !region || !service || !terminator || rest.length > 0) {
    return incomplete(
      'Credential must have exactly 5 slash-delimited elements, keyid/date/region/service/term.',
    );
  }
  if (!/^[0-9a-f]{64}$/.test(signature)) {
    return badSignature('Signature must be 64 lower-case hexadecimal digits.');
  }
  // A short list that repeats one long header would make a canonical request of many times the request's own size.
  if (new Set(signedHeaders).size !== signedHeaders.length) {
    return badSignature('SignedHeaders must name each header once.');
  }
  return {
    kind: 'read',
    accessKeyId,
    scope: { day, region, service, terminator },
    signedHeaders,
    signature,
    date,
  };
}

/** Epoch milliseconds as a signing date is written, less the fraction of a second. */
export function formatSigningDate(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d+/g, '');
}

const basicFormat = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

function readDate(written: string): SigningDate | undefined {
  const isBasic = basicFormat.test(written);
  const time = Date.parse(isBasic ? written.replace(basicFormat, '$1-$2-$3T$4:$5:$6Z') : written);
  if (Number.isNaN(time)) return undefined;
  return { text: isBasic ? written : formatSigningDate(time), time };
}

function partsOf(list: string): ReadonlyMap<string, string> {
  return new Map(
    list.split(',').map((part) => {
      const [name = '', ...value] = part.trim().split('=');
      return [name, value.join('=')];
    }),
  );
}

function whatIsMissing(parts: {
  readonly credential: string | undefined;
  readonly signature: string | undefined;
  readonly signedHeaders: string | undefined;
  readonly writtenDate: string | undefined;
}): string {
  const missing: string[] = [];
  if (!parts.credential) missing.push("Authorization header requires 'Credential' parameter.");
  if (!parts.signature) missing.push("Authorization header requires 'Signature' parameter.");
  if (!parts.signedHeaders) missing.push("Authorization header requires 'SignedHeaders' parameter.");
  if (!parts.writtenDate) {
    missing.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  }
  return missing.join(' ');
}

function hasQueryAuthentication(query: string): boolean {
  return query !== '' && new URLSearchParams(query).has('X-Amz-Algorithm');
}

function incomplete(message: string): UnreadableAuthorization {
  return { kind: 'incomplete', message };
}

function badSignature(message: string): UnreadableAuthorization {
  return { kind: 'bad-signature', message };
}
