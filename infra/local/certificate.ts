import { generate } from 'selfsigned';

/** A certificate and its private key, in PEM. */
export type Certificate = { readonly key: string; readonly cert: string };

const validForMs = 365 * 24 * 60 * 60 * 1000;

/**
 * Makes a certificate for this machine, signed by itself: good for clients that verify nothing, as the C++ server SDK, and
 * for those that are told to trust it. `now` is epoch milliseconds.
 */
export async function makeCertificate(now: number): Promise<Certificate> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    // An RSA key would take up to a second to find.
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(now),
    notAfterDate: new Date(now + validForMs),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { key, cert };
}
