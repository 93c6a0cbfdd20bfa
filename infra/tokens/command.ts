import { issueToken } from '#infra/local/token-issuer.ts';
import { readArguments, usage } from './arguments.ts';

/** What the command prints and ends with: 1 when no token can be issued, 2 for wrong arguments. */
export type Outcome = { readonly exitCode: 0 | 1 | 2; readonly stdout: string; readonly stderr: string };

export type Surroundings = {
  /** Where the key of the development issuer is kept. */
  readonly file: string;
  /** Epoch milliseconds. */
  readonly now: number;
};

/** Carries out one `npm run token`. Never rejects: whatever fails is told in one line. */
export async function tokenCommand(args: readonly string[], { file, now }: Surroundings): Promise<Outcome> {
  const read = readArguments(args);
  switch (read.kind) {
    case 'help':
      return done(usage);
    case 'wrong':
      return failed(2, `${read.reason}. What there is: npm run token -- --help`);
    case 'wish':
      try {
        return done(`${await issueToken(file, read.wish, now)}\n`);
      } catch (error) {
        return failed(1, error instanceof Error ? error.message : String(error));
      }
  }
}

const done = (stdout: string): Outcome => ({ exitCode: 0, stdout, stderr: '' });

const failed = (exitCode: 1 | 2, reason: string): Outcome => ({
  exitCode,
  stdout: '',
  stderr: `openslot: ${reason.replace(/\s*\n\s*/g, ' ')}\n`,
});
