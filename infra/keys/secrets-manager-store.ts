import {
  GetSecretValueCommand,
  InvalidParameterException,
  PutSecretValueCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { readIssuedKeys, writeIssuedKeys } from '#lib/auth/issued-keys.ts';
import type { KeyStore } from './key-store.ts';

/**
 * Marks the version that was written last. A version has to have some label to be written without becoming the current
 * one. It is left where it is and the next change takes it along, so there is never more than one of it: at most it
 * marks a version that came to nothing because another change was faster or the command was ended.
 */
const stagingLabel = 'OPENSLOTKEYS';

/** The label of the version that the service reads. */
const currentLabel = 'AWSCURRENT';

/**
 * The keys of a deployed stack, in its secret.
 *
 * A new version becomes the current one by taking the label from the very version that was read. Secrets Manager
 * refuses that when the label is no longer there, so that no change is lost. Two that write at once may take the staging
 * label from each other's version; one without a label can still become the current one for at least a day.
 */
export function secretsManagerStore(client: SecretsManagerClient, SecretId: string): KeyStore {
  const readCurrent = () => client.send(new GetSecretValueCommand({ SecretId, VersionStage: currentLabel }));

  return {
    async read() {
      const { SecretString, VersionId = '' } = await readCurrent();
      return { ...readIssuedKeys(SecretString), version: VersionId };
    },

    async replace(keys, version) {
      const { VersionId } = await client.send(
        new PutSecretValueCommand({
          SecretId,
          SecretString: writeIssuedKeys(keys),
          VersionStages: [stagingLabel],
        }),
      );
      try {
        await client.send(
          new UpdateSecretVersionStageCommand({
            SecretId,
            VersionStage: currentLabel,
            RemoveFromVersionId: version,
            MoveToVersionId: VersionId,
          }),
        );
        return 'replaced';
      } catch (error) {
        if (!(error instanceof InvalidParameterException)) throw error;
        // The client tries again when an answer is lost, and is then told that the label is gone, to where it wanted it.
        const { VersionId: current } = await readCurrent();
        return current === VersionId ? 'replaced' : 'conflict';
      }
    },
  };
}
