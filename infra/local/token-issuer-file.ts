import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import * as v from 'valibot';
import { hasCode } from '#infra/error-code.ts';
import { LocalRunError } from './local-run-error.ts';

/** Where the private key of the development issuer is kept, from its first use on. */
export const tokenIssuerFile = path.resolve(import.meta.dirname, '../../.openslot/token-issuer.json');

const algorithm = 'ES256';

const privateKeyShape = v.object({
  kty: v.literal('EC'),
  crv: v.literal('P-256'),
  x: v.string(),
  y: v.string(),
  d: v.string(),
  alg: v.literal(algorithm),
  kid: v.string(),
});

const writtenKey = v.pipe(v.string(), v.parseJson(), privateKeyShape);

/** A private JSON Web Key for ES256, with its id. */
export type IssuerKey = v.InferOutput<typeof privateKeyShape>;

/**
 * The private key in the file, which is made if there is none. Whoever comes first makes it: processes that come at once
 * get the same key.
 *
 * @throws LocalRunError for a file that holds anything else
 */
export async function readIssuerKey(file: string): Promise<IssuerKey> {
  try {
    return v.parse(writtenKey, (await read(file)) ?? (await create(file)));
  } catch (error) {
    throw new LocalRunError(`${file} cannot be used: ${reasonOf(error)}. Delete it to start anew`);
  }
}

async function read(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Creates the file unless it is there, and gives what it holds. Nobody ever finds half of it, or an empty one. */
async function create(file: string): Promise<string> {
  const draft = `${file}.${randomUUID()}`;
  await mkdir(path.dirname(file), { recursive: true });
  try {
    await writeFile(draft, JSON.stringify(await newKey()), { flag: 'wx', mode: 0o600 });
    // A link, unlike a renamed file, takes nobody's place.
    await link(draft, file);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return readFile(file, 'utf8');
}

async function newKey(): Promise<IssuerKey> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const key = await exportJWK(privateKey);
  return v.parse(privateKeyShape, { ...key, alg: algorithm, kid: await calculateJwkThumbprint(key) });
}

/** What valibot says would show a piece of the key. */
function reasonOf(error: unknown): string {
  if (error instanceof v.ValiError) return `it holds no private key for ${algorithm}`;
  return error instanceof Error ? error.message : String(error);
}
