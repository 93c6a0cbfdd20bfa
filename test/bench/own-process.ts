import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';

/** A module of this folder that runs in a process of its own, so that what it costs is nobody else's cost. */
export type OwnProcess = {
  readonly pid: number;
  /** Asks one question and waits for its answer; one at a time. Rejects when the process ends instead. */
  ask<Schema extends v.GenericSchema>(answer: Schema, question: unknown): Promise<v.InferOutput<Schema>>;
  stop(): Promise<void>;
};

/**
 * Starts a module that calls `answerQuestions`. It ends with this process, however that ends.
 *
 * @param environment its whole environment; by default this process's own
 */
export function startProcess(module: string, environment?: Readonly<Record<string, string>>): OwnProcess {
  const child = fork(fileURLToPath(new URL(module, import.meta.url)), {
    ...(environment && { env: { ...environment } }),
    // What a function logs goes nowhere, as a write that costs what one costs on Lambda.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  return {
    pid: child.pid ?? 0,
    async ask(answer, question) {
      child.send({ question });
      const failed = ended.then(([code]) => {
        throw new Error(`${module} ended with ${code} before it answered`);
      });
      const [message] = await Promise.race([once(child, 'message'), failed]);
      return v.parse(answer, message);
    },
    async stop() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

/** The other side of `startProcess`: answers each question of the process that started this one, until that one goes. */
export function answerQuestions<Schema extends v.GenericSchema>(
  question: Schema,
  answer: (question: v.InferOutput<Schema>) => Promise<unknown>,
  end: () => Promise<void> = async () => {},
): void {
  const message = v.object({ question });
  process.on('message', async (received) =>
    process.send?.(await answer(v.parse(message, received).question)),
  );
  process.once('disconnect', async () => {
    await end();
    process.exit();
  });
}
