import * as v from 'valibot';
import { type OwnProcess, startProcess } from './own-process.ts';

const Where = v.object({
  url: v.string(),
  tableName: v.string(),
  dynamoDb: v.object({ endpoint: v.string(), pid: v.number() }),
});

/** The local run, in a process of its own. */
export type Service = v.InferOutput<typeof Where> & Pick<OwnProcess, 'pid' | 'stop'>;

/** Starts the local run and waits until it answers. */
export async function startService(): Promise<Service> {
  const { ask, pid, stop } = startProcess('./service-process.ts');
  try {
    return { ...(await ask(Where, 'where')), pid, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
