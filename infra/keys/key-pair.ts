import { randomInt } from 'node:crypto';

export type KeyPair = { readonly id: string; readonly secretAccessKey: string };

const capitalsAndDigits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const lettersAndDigits = `${capitalsAndDigits}abcdefghijklmnopqrstuvwxyz`;

/** A pair as the deployment generates them: an id of 20 characters, unless one is given, and a secret of 40. */
export function newKeyPair(id = `OPENSLOT${randomText(capitalsAndDigits, 12)}`): KeyPair {
  return { id, secretAccessKey: randomText(lettersAndDigits, 40) };
}

/** Without punctuation, so that neither a shell nor an option reads it as anything else. */
function randomText(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
}
