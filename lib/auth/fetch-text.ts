import http, { type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';

export type FetchLimits = {
  /** For everything together: connection, headers and body. */
  readonly milliseconds: number;
  readonly bytes: number;
};

/**
 * The body of a GET request, in UTF-8. HTTPS, and HTTP to this machine alone; redirects are not followed. Without the
 * global fetch, which makes Node load what costs a cold start about 50 ms.
 *
 * @throws Error for anything but a 200 within the limits
 */
export async function fetchText(url: string, limits: FetchLimits): Promise<string> {
  const get = getterFor(new URL(url));
  const response = await get({
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(limits.milliseconds),
    // A connection that was kept would be long dead by the next time.
    agent: false,
  });
  try {
    if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}, not 200`);
    return await readText(response, url, limits.bytes);
  } finally {
    response.destroy();
  }
}

type Getter = (options: RequestOptions) => Promise<IncomingMessage>;

function getterFor(url: URL): Getter {
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw new Error(`${url.href} is no https URL`);
  }
  const { get } = url.protocol === 'https:' ? https : http;
  return (options) =>
    new Promise((resolve, reject) => {
      get(url, options, resolve).on('error', reject);
    });
}

/** As `URL` spells a host: IPv4 in decimal, IPv6 in brackets, names in lower case. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname);
}

async function readText(response: IncomingMessage, url: string, mostBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new Error(`${url} answered more than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
