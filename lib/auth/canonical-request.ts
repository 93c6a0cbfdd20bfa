import { hash } from 'node:crypto';

/** An HTTP request as the gateway hands it over, before anything in it is believed. */
export type SignedRequest = {
  readonly method: string;
  /** Percent-decoded, as an HTTP API's `rawPath`. */
  readonly path: string;
  /** As sent, without the question mark. */
  readonly query: string;
  /** Lower-case names; a header sent twice is one value with a comma between. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

/** The value of a header, or undefined when it was not sent, whatever the object's prototype holds. */
export function headerOf(request: SignedRequest, name: string): string | undefined {
  return Object.hasOwn(request.headers, name) ? request.headers[name] : undefined;
}

/**
 * The text whose SHA-256 a Signature Version 4 client signs. The headers are those that the client says it signed, in
 * its order: every client chooses another set. A header that it names and did not send reads as empty.
 */
export function canonicalRequest(
  request: SignedRequest,
  signedHeaders: readonly string[],
  bodyHash: string,
): string {
  let headerLines = '';
  for (const name of signedHeaders) {
    headerLines += `${name}:${trimmed(headerOf(request, name) ?? '')}\n`;
  }
  return `${request.method}\n${canonicalPath(request.path)}\n${canonicalQuery(request.query)}\n${headerLines}\n${signedHeaders.join(';')}\n${bodyHash}`;
}

/** Lower-case hexadecimal SHA-256. */
export function sha256Hex(content: string | Uint8Array): string {
  return hash('sha256', content, 'hex');
}

/**
 * Clients of every service but S3 encode the path that they send, which is encoded already, once more. The gateway has
 * decoded it, so both encodings are made here.
 */
function canonicalPath(path: string): string {
  if (path === '' || path === '/') return '/';
  return path.split('/').map(encodeTwice).join('/');
}

function encodeTwice(segment: string): string {
  return encode(encode(segment));
}

/** Parameters by name and then value, in the order of their encoded bytes. */
function canonicalQuery(query: string): string {
  if (query === '') return '';
  return [...new URLSearchParams(query)]
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([name, value], [otherName, otherValue]) => order(name, otherName) || order(value, otherValue))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** RFC 3986: everything but letters, digits and `-._~`. encodeURIComponent leaves five characters more as they are. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function trimmed(value: string): string {
  return value.trim().replace(/[ \t\r\n]+/g, ' ');
}
