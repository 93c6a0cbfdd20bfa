import { App, CfnOutput, CfnParameter, type CfnParameterProps, CfnRule, Fn, Stack } from 'aws-cdk-lib/core';
import cdk from '../cdk.json' with { type: 'json' };
import { Openslot } from './openslot.ts';
import { tokenParameters } from './token-parameters.ts';
import type { TokenTrust } from './token-trust.ts';

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
  const openslot = new Openslot(stack, 'Service', { tokens: tokensOfParameters(stack) });
  new CfnOutput(stack, 'Endpoint', {
    value: openslot.endpoint,
    description: 'The URL to point AWS SDKs and command lines to, and where /sessions is',
  });
  new CfnOutput(stack, 'GameServerEndpoint', {
    value: openslot.gameServerEndpoint,
    description: 'The URL that game servers connect to: RegisterCompute tells it, too',
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
    description: 'The table that holds all that the service keeps',
  });
  new CfnOutput(stack, 'EventBusName', {
    value: openslot.eventBus.eventBusName,
    description: 'The bus that tells what happens in sessions, for rules of your own',
  });
  new CfnOutput(stack, 'DashboardName', {
    value: openslot.dashboard.dashboardName,
    description: 'The CloudWatch dashboard: what an operator asks, and the state of the alarms',
  });
  new CfnOutput(stack, 'ChangesFunctionName', {
    value: openslot.changesFunction.functionName,
    description:
      'The function that makes events of changes: docs/operations.md says when somebody has to call it',
  });
  new CfnOutput(stack, 'DeadLettersUrl', {
    value: openslot.deadLetters.queueUrl,
    description: 'The queue that is told which changes could not be processed',
  });
  return app;
}

/**
 * Whose tokens to trust, as whoever deploys says: `npm run deploy -- --parameters TokenIssuer=...`. Until then the GameSession
 * API is there and knows nobody.
 */
function tokensOfParameters(stack: Stack): TokenTrust {
  const parameter = (id: string, description: string, rest: CfnParameterProps = {}) =>
    new CfnParameter(stack, id, { default: '', description, ...rest });
  const issuer = parameter(
    tokenParameters.issuer,
    'Who issues the bearer tokens of players and titles: their claim iss. Empty: no token is good',
  );
  const audience = parameter(
    tokenParameters.audience,
    'Whom these tokens are for: what their claim aud is or contains',
  );
  const keySetUrl = parameter(
    tokenParameters.keySetUrl,
    'Where their issuer publishes its keys, as a JSON Web Key Set: https://...',
    { allowedPattern: '^(https://\\S+)?$', constraintDescription: 'must be an https URL' },
  );
  const all = [issuer, audience, keySetUrl];
  const given = all.map(({ valueAsString }) => Fn.conditionNot(Fn.conditionEquals(valueAsString, '')));
  const missing = all.map(({ valueAsString }) => Fn.conditionEquals(valueAsString, ''));
  new CfnRule(stack, 'TokensInFull', {
    assertions: [
      {
        assert: Fn.conditionOr(Fn.conditionAnd(...given), Fn.conditionAnd(...missing)),
        assertDescription: `${Object.values(tokenParameters).join(', ')} are given together or not at all`,
      },
    ],
  });
  return {
    issuer: issuer.valueAsString,
    audience: audience.valueAsString,
    keySetUrl: keySetUrl.valueAsString,
  };
}
