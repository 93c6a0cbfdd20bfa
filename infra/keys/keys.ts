/** `npm run keys`: who may call, in the local run or in a deployed stack. */
import { accessKeysFile } from '#infra/local/access-keys-file.ts';
import { keysCommand } from './command.ts';

const { exitCode, stdout, stderr } = await keysCommand(process.argv.slice(2), {
  file: accessKeysFile,
  now: Date.now(),
});
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = exitCode;
