/** `npm run keys` for the file named first, where a test may change keys. */
import { keysCommand } from '#infra/keys/command.ts';

const [file = '', ...args] = process.argv.slice(2);
const { exitCode, stdout, stderr } = await keysCommand(args, { file, now: Date.now() });
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = exitCode;
