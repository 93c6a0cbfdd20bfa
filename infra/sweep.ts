import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { partitionPrefixes } from '#lib/table/keys.ts';
import { indexes } from '#lib/table/schema.ts';
import { type Lifetimes, tellRetention } from './lifetimes.ts';
import { removal } from './removal.ts';
import { type FunctionSettings, ServiceFunction } from './service-function.ts';
import { anyOf, type SessionTable } from './session-table.ts';

/** Frees lapsed slots and ends sessions that nobody comes to, each minute. Nothing that is correct waits for it. */
export class Sweep extends Construct {
  readonly function: ServiceFunction;

  constructor(
    scope: Construct,
    id: string,
    props: FunctionSettings & { readonly sessions: SessionTable; readonly lifetimes: Lifetimes },
  ) {
    super(scope, id);
    const { sessions, lifetimes, ...settings } = props;
    this.function = new ServiceFunction(this, 'Run', {
      folder: 'cleanup/sweep',
      description: 'Openslot: frees lapsed slots and ends idle sessions',
      timeout: Duration.seconds(60),
      ...settings,
    });
    const { lambda } = this.function;
    tellRetention(lambda, lifetimes);
    sessions.connect(lambda, {
      ...removal,
      readsBatches: true,
      queries: [indexes.sessionsDue],
      updates: [...removal.updates, anyOf(partitionPrefixes.processes)],
      deletes: [...removal.deletes, anyOf(partitionPrefixes.remains)],
    });
    // The next run does what this one could not. Without these, Lambda would keep runs that it cannot start for six hours,
    // and then start them all at once.
    lambda.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });

    const role = this.schedulerRole();
    role.addToPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [lambda.functionArn] }),
    );
    new Schedule(this, 'EachMinute', {
      description: 'Openslot: starts the sweep',
      schedule: ScheduleExpression.rate(Duration.minutes(1)),
      target: {
        bind: () => ({ arn: lambda.functionArn, role, retryPolicy: { maximumRetryAttempts: 0 } }),
      },
    });
  }

  /** One of our own, because the one that CDK makes may invoke any version of the function, by a wildcard. */
  private schedulerRole(): Role {
    const { account } = Stack.of(this);
    const schedules = Stack.of(this).formatArn({
      service: 'scheduler',
      resource: 'schedule-group',
      resourceName: 'default',
    });
    return new Role(this, 'SchedulerRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        // Nobody else's schedule may borrow it.
        conditions: { StringEquals: { 'aws:SourceAccount': account, 'aws:SourceArn': schedules } },
      }),
    });
  }
}
