import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { CreatePlayerSessionCommand, GameLiftClient } from '@aws-sdk/client-gamelift';
import type { NodeHttpHandler } from '@smithy/node-http-handler';
import { SignatureV4 } from '@smithy/signature-v4';
import { sign as signWithAws4 } from 'aws4';
import { AwsV4Signer } from 'aws4fetch';
import type { SignedRequest } from '#lib/auth/sigv4.ts';

export const accessKeyId = 'OPENSLOTLOCAL';
export const secretAccessKey = 'openslot-local';
export const host = '127.0.0.1:4800';

/** What a client is about to send: the path and query as they go over the wire. */
export type Draft = {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type Signing = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  readonly service: string;
  /** Epoch milliseconds. */
  readonly time: number;
};

export type Signer = (draft: Draft, signing: Signing) => Promise<SignedRequest>;

/** An ordinary call. */
export const createPlayerSession: Draft = {
  method: 'POST',
  path: '/',
  query: '',
  headers: {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'GameLift.CreatePlayerSession',
  },
  body: '{"GameSessionId":"gsess-1","PlayerId":"ada"}',
};

/** Signers that share no code with each other or with the verifier, and that can sign anything. */
export const signers: Readonly<Record<string, Signer>> = {
  '@smithy/signature-v4': signWithSmithy,
  aws4: signWithTheAws4Package,
  aws4fetch: signWithAws4Fetch,
};

async function signWithSmithy(draft: Draft, signing: Signing): Promise<SignedRequest> {
  const signer = new SignatureV4({
    credentials: { accessKeyId: signing.accessKeyId, secretAccessKey: signing.secretAccessKey },
    region: signing.region,
    service: signing.service,
    sha256: Sha256,
  });
  const query: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(draft.query)) query[name] = [...(query[name] ?? []), value];
  const signed = await signer.sign(
    {
      method: draft.method,
      protocol: 'http:',
      hostname: '127.0.0.1',
      path: draft.path,
      query,
      headers: { ...draft.headers, host },
      body: draft.body,
    },
    { signingDate: new Date(signing.time) },
  );
  return received(draft, signed.headers);
}

/** A draft with a date header is signed by that date, without x-amz-date. */
async function signWithTheAws4Package(draft: Draft, signing: Signing): Promise<SignedRequest> {
  const path = draft.query === '' ? draft.path : `${draft.path}?${draft.query}`;
  const isDated = Object.hasOwn(draft.headers, 'date');
  const signed = signWithAws4(
    {
      host,
      method: draft.method,
      path,
      headers: isDated ? draft.headers : { ...draft.headers, 'X-Amz-Date': dateText(signing.time) },
      doNotModifyHeaders: isDated,
      body: draft.body,
      service: signing.service,
      region: signing.region,
    },
    signing,
  );
  const query = signed.path.split('?')[1] ?? '';
  return received({ ...draft, query }, signed.headers);
}

async function signWithAws4Fetch(draft: Draft, signing: Signing): Promise<SignedRequest> {
  const signer = new AwsV4Signer({
    ...signing,
    method: draft.method,
    url: `http://${host}${draft.path}?${draft.query}`,
    headers: { ...draft.headers },
    body: draft.body,
    datetime: dateText(signing.time),
  });
  const signed = await signer.sign();
  return received(draft, { ...Object.fromEntries(signed.headers), host });
}

/** What `@aws-sdk/client-gamelift` sends for an ordinary call. */
export async function signWithTheSdk(signing: Pick<Signing, 'secretAccessKey' | 'time'>) {
  const sent: SignedRequest[] = [];
  const client = new GameLiftClient({
    region: 'us-east-1',
    endpoint: `http://${host}`,
    credentials: { accessKeyId, secretAccessKey: signing.secretAccessKey },
    systemClockOffset: signing.time - Date.now(),
    maxAttempts: 1,
    requestHandler: {
      handle: async (request: Parameters<NodeHttpHandler['handle']>[0]) => {
        const body = typeof request.body === 'string' ? Buffer.from(request.body) : request.body;
        sent.push({ method: request.method, path: request.path, query: '', headers: request.headers, body });
        throw new Error('Nothing is sent on.');
      },
    },
  });
  const command = new CreatePlayerSessionCommand({ GameSessionId: 'gsess-1', PlayerId: 'ada' });
  await client.send(command).catch(() => undefined);
  const [request] = sent;
  if (request === undefined) throw new Error('The SDK sent nothing.');
  return request;
}

/** The request as the gateway hands it over: names in lower case, the path decoded. */
function received(draft: Draft, headers: Readonly<Record<string, string>>): SignedRequest {
  return {
    method: draft.method,
    path: decodeURIComponent(draft.path),
    query: draft.query,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
    ),
    body: Buffer.from(draft.body),
  };
}

function dateText(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d+/g, '');
}

type Content = string | ArrayBuffer | ArrayBufferView;

class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(key?: Content) {
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', toBuffer(key));
  }

  update(content: Content): void {
    this.#hash.update(toBuffer(content));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {}
}

function toBuffer(content: Content): Buffer {
  if (typeof content === 'string') return Buffer.from(content);
  if (ArrayBuffer.isView(content)) return Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  return Buffer.from(content);
}
