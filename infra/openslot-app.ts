import { App, CfnOutput, Stack } from 'aws-cdk-lib/core';
import cdk from '../cdk.json' with { type: 'json' };
import { Openslot } from './openslot.ts';

export type OpenslotAppProps = {
  /** The directory of the cloud assembly. Default: the one that the CDK command line names. */
  readonly outdir?: string;
  /** Whether synthesis checks the template against CloudFormation's rules and resource schemas. Default: true. */
  readonly checks?: boolean;
};

/**
 * The CDK app: one stack, `Openslot`, with the service and its outputs.
 *
 * `openslotApp({ outdir, checks: false }).synth()` synthesizes in one's own process, quickly, and to the same template
 * as `cdk synth`.
 */
export function openslotApp({ outdir, checks = true }: OpenslotAppProps = {}): App {
  const app = new App({
    ...(outdir !== undefined && { outdir }),
    // The command line alone reads cdk.json. Without its feature flags another template would come out.
    context: cdk.context,
    builtinCloudFormationValidation: checks,
  });
  const stack = new Stack(app, 'Openslot', {
    description: 'Openslot: a session service for multiplayer games',
  });
  const openslot = new Openslot(stack, 'Service');
  new CfnOutput(stack, 'Endpoint', {
    value: openslot.endpoint,
    description: 'The URL to point AWS SDKs and command lines to',
  });
  new CfnOutput(stack, 'AccessKeysSecretName', {
    value: openslot.accessKeysSecret.secretName,
    description: 'The secret that holds the access keys by access key id: npm run keys manages them',
  });
  new CfnOutput(stack, 'AccessKeyId', {
    value: openslot.accessKeyId,
    description: 'The id of the access key that the deployment generated',
  });
  new CfnOutput(stack, 'TableName', {
    value: openslot.table.tableName,
    description: 'The table that holds game sessions, player sessions and fleets',
  });
  return app;
}
