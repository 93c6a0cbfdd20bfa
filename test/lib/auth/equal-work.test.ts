import type * as crypto from 'node:crypto';
import { beforeEach, expect, test, vi } from 'vitest';
import { now, receive, signedByEach, signerOf, signing } from './requests.ts';
import { createPlayerSession } from './signers.ts';

const { createHmac } = vi.hoisted(() => ({ createHmac: vi.fn() }));

vi.mock('node:crypto', async (importOriginal) => {
  const original = await importOriginal<typeof crypto>();
  createHmac.mockImplementation(original.createHmac);
  return { ...original, createHmac };
});

const sign = signerOf('aws4fetch');

/** HMACs that authenticating takes: the signer used here has an implementation of its own. */
async function hmacsOf(
  change: Partial<typeof signing>,
  at: Parameters<typeof receive>[1] = {},
): Promise<readonly [string, number]> {
  const request = await sign(createPlayerSession, { ...signing, ...change });
  createHmac.mockClear();
  const { kind } = await receive(request, at);
  return [kind, createHmac.mock.calls.length];
}

beforeEach(async () => {
  await hmacsOf({});
});

test('an accepted request takes one HMAC once its signing key has verified another', async () => {
  expect(await hmacsOf({})).toEqual(['authenticated', 1]);
});

test('an unknown key, a wrong secret and a region not seen before are refused after the same work', async () => {
  const wrong = { secretAccessKey: 'wrong' };
  expect(await hmacsOf({ accessKeyId: 'AKIDUNKNOWN' })).toEqual(['unknown-key', 6]);
  expect(await hmacsOf({ accessKeyId: 'AKIDUNKNOWN' })).toEqual(['unknown-key', 6]);
  expect(await hmacsOf({ accessKeyId: 'AKIDUNKNOWN', secretAccessKey: '' })).toEqual(['unknown-key', 6]);
  expect(await hmacsOf({ accessKeyId: 'AKIDUNKNOWN', secretAccessKey: '' })).toEqual(['unknown-key', 6]);
  expect(await hmacsOf(wrong)).toEqual(['bad-signature', 6]);
  expect(await hmacsOf({ ...wrong, region: 'new-region-1' })).toEqual(['bad-signature', 6]);
  expect(await hmacsOf({ ...wrong, region: 'new-region-1' })).toEqual(['bad-signature', 6]);
});

test('a key past its time is refused after the same work, with the right secret or without', async () => {
  const key = { secretAccessKey: signing.secretAccessKey, role: 'admin', until: now } as const;
  const past = new Map([[signing.accessKeyId, key]]);
  const accessKeys = { current: async () => past, latest: async () => past };
  expect(await hmacsOf({}, { accessKeys })).toEqual(['unknown-key', 6]);
  expect(await hmacsOf({}, { accessKeys })).toEqual(['unknown-key', 6]);
  expect(await hmacsOf({ secretAccessKey: 'wrong' }, { accessKeys })).toEqual(['unknown-key', 6]);
});

test('refused requests push no signing key out', async () => {
  for (let i = 0; i < 200; i++) await hmacsOf({ secretAccessKey: 'wrong', region: `region-${i}` });
  expect(await hmacsOf({})).toEqual(['authenticated', 1]);
});

test('at most 100 signing keys are remembered', async () => {
  for (let i = 0; i < 99; i++) await hmacsOf({ region: `region-${i}` });
  expect(await hmacsOf({})).toEqual(['authenticated', 1]);
  await hmacsOf({ region: 'region-99' });
  expect(await hmacsOf({})).toEqual(['authenticated', 6]);
});

test('every signer is accepted by the remembered key of any other', async () => {
  for (const [, request] of await signedByEach(createPlayerSession)) {
    createHmac.mockClear();
    expect(await receive(request)).toMatchObject({ kind: 'authenticated' });
    expect(createHmac).toHaveBeenCalledTimes(1);
  }
});
