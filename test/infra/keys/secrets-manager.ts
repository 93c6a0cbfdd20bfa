import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { listenOnLoopback } from '#infra/local/http.ts';

export const secretName = 'OpenslotAccessKeys';

type Operation = 'GetSecretValue' | 'PutSecretValue' | 'UpdateSecretVersionStage';

/** One secret in a Secrets Manager with versions and staging labels. */
export type SecretsManager = {
  readonly endpoint: string;
  /** What the current version holds. */
  readonly current: () => string;
  /** Puts a new current version, as somebody else does. */
  put(secret: string): void;
  /** The staging labels in use, sorted. */
  readonly labels: () => readonly string[];
  /** The operations carried out, in their order. */
  readonly carriedOut: readonly Operation[];
  /** Happens right before the next call of the operation is carried out. */
  before(operation: Operation, happens: () => void): void;
  /** Carries out the next call of the operation, and breaks the connection off. */
  loseAnswerOf(operation: Operation): void;
  close(): Promise<void>;
};

type Version = { readonly id: string; readonly secret: string; readonly labels: Set<string> };

class Refusal extends Error {
  override readonly name: string;
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

const Input = v.object({
  SecretId: v.string(),
  VersionStage: v.optional(v.string()),
  ClientRequestToken: v.optional(v.string()),
  SecretString: v.optional(v.string()),
  VersionStages: v.optional(v.array(v.string()), ['AWSCURRENT']),
  RemoveFromVersionId: v.optional(v.string()),
  MoveToVersionId: v.optional(v.string()),
});
type Input = v.InferOutput<typeof Input>;

export async function startSecretsManager(first: string): Promise<SecretsManager> {
  const versions: Version[] = [];
  const carriedOut: Operation[] = [];
  const interruptions = new Map<string, () => void>();
  const lost = new Set<string>();

  const labelled = (label: string) => versions.find(({ labels }) => labels.has(label));
  const move = (label: string, to: Version) => {
    const from = labelled(label);
    from?.labels.delete(label);
    to.labels.add(label);
    if (label === 'AWSCURRENT' && from !== undefined && from !== to) move('AWSPREVIOUS', from);
  };
  const write = (id: string, secret: string, labels: readonly string[]): void => {
    const written = versions.find((version) => version.id === id);
    if (written !== undefined && written.secret !== secret) {
      throw new Refusal('ResourceExistsException', 'The version has other contents.');
    }
    const version = written ?? { id, secret, labels: new Set() };
    if (written === undefined) versions.push(version);
    for (const label of labels) move(label, version);
  };

  const operations: Readonly<Record<Operation, (input: Input) => object>> = {
    GetSecretValue({ VersionStage = 'AWSCURRENT' }) {
      const version = labelled(VersionStage);
      if (version === undefined) throw new Refusal('ResourceNotFoundException', 'There is no such version.');
      return { SecretString: version.secret, VersionId: version.id, VersionStages: [...version.labels] };
    },
    PutSecretValue({ ClientRequestToken = '', SecretString = '', VersionStages }) {
      write(ClientRequestToken, SecretString, VersionStages);
      return { VersionId: ClientRequestToken, VersionStages };
    },
    UpdateSecretVersionStage({ VersionStage = '', RemoveFromVersionId, MoveToVersionId }) {
      const to = versions.find(({ id }) => id === MoveToVersionId);
      const from = labelled(VersionStage);
      if (to === undefined) throw new Refusal('ResourceNotFoundException', 'There is no such version.');
      if (from !== undefined && from.id !== RemoveFromVersionId) {
        throw new Refusal('InvalidParameterException', `${VersionStage} is not on ${RemoveFromVersionId}.`);
      }
      move(VersionStage, to);
      return {};
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const input = v.parse(Input, JSON.parse(await text(request)));
    const name = String(request.headers['x-amz-target']).replace('secretsmanager.', '');
    const operation = v.parse(
      v.picklist(['GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage']),
      name,
    );
    const interruption = interruptions.get(operation);
    interruptions.delete(operation);
    interruption?.();
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    try {
      if (input.SecretId !== secretName) {
        throw new Refusal('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
      }
      const output = operations[operation](input);
      carriedOut.push(operation);
      if (lost.delete(operation)) response.destroy();
      else response.end(JSON.stringify(output));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      response.writeHead(400).end(JSON.stringify({ __type: error.name, Message: error.message }));
    }
  }

  const put = (secret: string) =>
    write(`version-of-somebody-else-${versions.length}`, secret, ['AWSCURRENT']);
  put(first);
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  const port = await listenOnLoopback(server, 0);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    current: () => labelled('AWSCURRENT')?.secret ?? '',
    put,
    labels: () => versions.flatMap(({ labels }) => [...labels]).toSorted(),
    carriedOut,
    before: (operation, happens) => interruptions.set(operation, happens),
    loseAnswerOf: (operation) => lost.add(operation),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
