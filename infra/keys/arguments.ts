import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { accessKeyIdPattern } from '#lib/auth/issued-keys.ts';
import { type Role, roles } from '#lib/auth/roles.ts';

export const usage = `Usage: npm run keys -- <command> [options]

Lists, adds, rotates and revokes the access keys that callers of Openslot sign with.

  list                            show the keys: id, role and until when; never a secret
  add --role <role> [--id <id>]   issue a key, and show its secret this once
  rotate <id> [--grace <time>]    issue another key with the same role; the old one stays good
                                  for <time> more: 24h, or 90s, 30m, 7d, 0 ...
  revoke <id> [--force]           take a key back; the last admin key only by --force

  --secret <name or ARN>          the keys of a deployed stack, in this secret of Secrets Manager;
                                  without it, those of the local run
  --help                          show this

Roles: admin (everything), game-backend (sessions and players), compute (machines that game
servers run on), read-only.
Region and credentials for --secret are those that the AWS CLI would use.
`;

export type Request = { readonly secret: string | undefined } & (
  | { readonly command: 'list' }
  | { readonly command: 'add'; readonly role: Role; readonly id: string | undefined }
  /** `grace` in milliseconds. */
  | { readonly command: 'rotate'; readonly id: string; readonly grace: number }
  | { readonly command: 'revoke'; readonly id: string; readonly force: boolean }
);

export type ReadArguments =
  | { readonly kind: 'request'; readonly request: Request }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly reason: string };

export function readArguments(args: readonly string[]): ReadArguments {
  if (args.includes('--help')) return { kind: 'help' };
  const [command = '', ...rest] = args;
  try {
    return { kind: 'request', request: readCommand(command, rest) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // parseArgs explains at length what else might have been meant.
    const [reason = ''] = error.message.split(/\. |\n/, 1);
    return { kind: 'wrong', reason };
  }
}

/** @throws TypeError, as parseArgs does, for what is wrong with the arguments. */
function readCommand(command: string, args: readonly string[]): Request {
  switch (command) {
    case 'list': {
      const { values } = parse(args, {}, 0);
      return { command, secret: readSecret(values.secret) };
    }
    case 'add': {
      const { values } = parse(args, { role: { type: 'string' }, id: { type: 'string' } }, 0);
      const id = values.id === undefined ? undefined : readId(values.id);
      return { command, role: readRole(values.role), id, secret: readSecret(values.secret) };
    }
    case 'rotate': {
      const { values, positionals } = parse(args, { grace: { type: 'string', default: '24h' } }, 1);
      const grace = readTime(values.grace);
      return { command, id: readId(positionals[0]), grace, secret: readSecret(values.secret) };
    }
    case 'revoke': {
      const { values, positionals } = parse(args, { force: { type: 'boolean', default: false } }, 1);
      const id = readId(positionals[0]);
      return { command, id, force: values.force, secret: readSecret(values.secret) };
    }
    default:
      throw new TypeError(`Give a command: list, add, rotate or revoke${command && `, not '${command}'`}`);
  }
}

function parse<Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
  words: number,
) {
  const parsed = parseArgs({
    args,
    options: { ...options, secret: { type: 'string' } },
    allowPositionals: true,
  });
  const tooMany = parsed.positionals[words];
  if (tooMany !== undefined) {
    // Mostly the value of an option whose name npm took for one of its own.
    throw new TypeError(
      `Unexpected argument '${tooMany}': options go behind --, as in npm run keys -- add --role admin`,
    );
  }
  return parsed;
}

function readSecret(secret: string | undefined): string | undefined {
  if (secret === '') throw new TypeError('--secret wants the name or the ARN of a secret');
  return secret;
}

function readRole(text: string | undefined): Role {
  const role = roles.find((known) => known === text);
  if (role !== undefined) return role;
  throw new TypeError(
    `--role wants one of ${roles.join(', ')}${text === undefined ? '' : `, not '${text}'`}`,
  );
}

function readId(text: string | undefined): string {
  if (text === undefined) throw new TypeError('Give the id of the access key');
  if (accessKeyIdPattern.test(text)) return text;
  throw new TypeError(`An access key id has 1 to 128 letters, digits and underscores, unlike '${text}'`);
}

const millisecondsOf: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const longestGraceDays = 366;

function readTime(text: string): number {
  const [, digits, unit = 's'] = /^(?:(\d{1,9})([smhd])|0)$/.exec(text) ?? [];
  const time = text === '0' ? 0 : Number(digits) * (millisecondsOf[unit] ?? Number.NaN);
  if (time <= longestGraceDays * 86_400_000) return time;
  throw new TypeError(
    `--grace wants a time such as 30m, 24h or 7d, of at most ${longestGraceDays} days, not '${text}'`,
  );
}
