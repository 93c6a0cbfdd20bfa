import { EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration, Names, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { partitionPrefixes, sessionItemKey } from '#lib/table/keys.ts';
import { partitionKey, sortKey } from '#lib/table/schema.ts';
import { removal } from './removal.ts';
import { type FunctionSettings, ServiceFunction } from './service-function.ts';
import type { SessionTable } from './session-table.ts';

/**
 * Which of the table's changes the function is called for: all of sessions, and new messages. Records of players, the most
 * by far, are left out, for their seats are in the session.
 */
const filters = [
  FilterCriteria.filter({
    dynamodb: { Keys: { [sortKey]: { S: FilterRule.isEqual(sessionItemKey('').sk) } } },
  }),
  FilterCriteria.filter({
    eventName: FilterRule.isEqual('INSERT'),
    dynamodb: { Keys: { [partitionKey]: { S: FilterRule.beginsWith(partitionPrefixes.messages) } } },
  }),
];

/** What happens in the sessions, as events for whoever subscribes; and the removal of sessions past their retention. */
export class SessionEvents extends Construct {
  readonly bus: EventBus;

  /** Makes events of the table's changes. */
  readonly onChange: ServiceFunction;

  /**
   * Where it is told which changes could not be processed. It keeps that for two weeks. The changes themselves are in the
   * stream for 24 hours after they were made, which is the time to look at them, less what the tries took.
   */
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: FunctionSettings & { readonly sessions: SessionTable }) {
    super(scope, id);
    const { sessions, ...settings } = props;
    this.bus = new EventBus(this, 'Bus', {
      eventBusName: Names.uniqueResourceName(this, { separator: '-' }),
      description: 'Openslot: what happens in game sessions',
    });
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(this.deadLetters).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is itself where dead letters go, those of an event source mapping. Nothing consumes it.',
    });
    this.onChange = new ServiceFunction(this, 'OnChange', {
      folder: 'cleanup/on-change',
      description: 'Openslot: publishes what happens in sessions, and removes those that are over',
      timeout: Duration.seconds(60),
      ...settings,
    });
    const { lambda } = this.onChange;
    lambda.addEnvironment('EVENT_BUS_NAME', this.bus.eventBusName);
    lambda.addEnvironment('ACCOUNT_ID', Stack.of(this).account);
    sessions.connect(lambda, { readsBatches: false, queries: [], ...removal });
    lambda.addToRolePolicy(
      new PolicyStatement({ actions: ['events:PutEvents'], resources: [this.bus.eventBusArn] }),
    );
    this.followChanges(sessions);
  }

  private followChanges(sessions: SessionTable): void {
    const { lambda } = this.onChange;
    lambda.addToRolePolicy(
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.deadLetters.queueArn] }),
    );
    new EventSourceMapping(this, 'Changes', {
      target: lambda,
      eventSourceArn: sessions.connectStream(lambda),
      filters,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      reportBatchItemFailures: true,
      // A batch that fails as a whole is halved until the record at fault is alone. Halving uses up no attempt.
      bisectBatchOnError: true,
      retryAttempts: 5,
      // The stream keeps a record for 24 hours. With as many here it could be gone before the queue is told of it, or before
      // somebody who is told can fetch it.
      maxRecordAge: Duration.hours(23),
      onFailure: { bind: () => ({ destination: this.deadLetters.queueArn }) },
    });
  }
}
