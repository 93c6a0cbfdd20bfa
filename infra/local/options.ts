import { parseArgs } from 'node:util';
import { defaultPort } from './account.ts';

export const usage = `Usage: npm start -- [options]

Runs Openslot on this machine, at http://127.0.0.1:${defaultPort}, and keeps its data in .openslot.

  --port <number>  listen on another port; 0 picks a free one
  --memory         keep nothing: the data ends with the run
  --events         print each event that is published, as it happens, as a line of JSON
  --metrics        print what functions count, as lines of CloudWatch's embedded metric format
  --help           show this

The same port takes WebSockets of game servers, and all of it over TLS too: ws://, wss:// and https://.
With --events or --metrics nothing else is printed on the standard output: the rest is on the standard error.
With AWS_LAMBDA_LOG_LEVEL=INFO in the environment every request is logged; without it, what goes wrong.
`;

/** What `npm start` is asked for. */
export type Options = {
  /** 0 for one that is free. */
  readonly port: number;
  readonly memory: boolean;
  readonly events: boolean;
  readonly metrics: boolean;
  readonly help: boolean;
};

export type ReadOptions =
  | { readonly kind: 'options'; readonly options: Options }
  /** `reason` is one line without a full stop at its end. */
  | { readonly kind: 'wrong'; readonly reason: string };

export function readOptions(args: readonly string[]): ReadOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', default: String(defaultPort) },
        memory: { type: 'boolean', default: false },
        events: { type: 'boolean', default: false },
        metrics: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return { kind: 'options', options: { ...values, port: readPort(values.port) } };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // parseArgs explains at length what else might have been meant.
    const [reason = ''] = error.message.split(/\. |\n/, 1);
    return { kind: 'wrong', reason };
  }
}

function readPort(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new TypeError(`--port wants a number from 0 to 65535, not '${text}'`);
}
