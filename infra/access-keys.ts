import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { type RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/**
 * The access keys that game back ends sign their requests with: one secret, a JSON object by access key id. The deployment
 * generates the first pair, an admin's; `npm run keys` adds more, with the role that a caller needs, and removes old ones.
 */
export class AccessKeys extends Construct {
  readonly secret: Secret;

  /** The id of the access key that the deployment generates: 20 characters of [A-Z0-9], as IAM's are. */
  readonly accessKeyId: string;

  constructor(scope: Construct, id: string, props: { readonly removalPolicy: RemovalPolicy }) {
    super(scope, id);
    // The address is a hash of the construct's path: the same at each synthesis, another for each instance.
    this.accessKeyId = `OPENSLOT${this.node.addr.slice(-12).toUpperCase()}`;
    this.secret = new Secret(this, 'Secret', {
      description: 'Openslot access keys by access key id: npm run keys manages them',
      // Any change to these makes Secrets Manager generate the whole secret anew at the next deployment, and every key
      // that was added or rotated by hand would be lost. They stay as they are.
      generateSecretString: {
        secretStringTemplate: '{}',
        generateStringKey: this.accessKeyId,
        passwordLength: 40,
        excludePunctuation: true,
      },
      // Retained unless told otherwise: these keys are held by every game back end that calls.
      removalPolicy: props.removalPolicy,
    });
    Validations.of(this.secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'A key is rotated by adding a second pair, moving the callers to it and removing the first. A schedule would cut off callers that it cannot reach.',
    });
  }

  /** Lets the function read the keys and tells it which secret holds them. */
  connect(lambda: LambdaFunction): void {
    lambda.addEnvironment('ACCESS_KEYS_SECRET', this.secret.secretArn);
    lambda.addToRolePolicy(
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [this.secret.secretArn] }),
    );
  }
}
