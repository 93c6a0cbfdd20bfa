/** `npm run token`: a bearer token for the local run. */
import { tokenIssuerFile } from '#infra/local/token-issuer-file.ts';
import { tokenCommand } from './command.ts';

const { exitCode, stdout, stderr } = await tokenCommand(process.argv.slice(2), {
  file: tokenIssuerFile,
  now: Date.now(),
});
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = exitCode;
