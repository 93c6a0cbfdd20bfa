import { expect, test } from 'vitest';
import { attribute, logicalId, template } from './synthesized.ts';

const lambda = () => logicalId('AWS::Lambda::Function', 'SweepRun');

test('The sweep runs each minute to the minute, and a run that could not start is left to the next one', () => {
  template.resourceCountIs('AWS::Scheduler::Schedule', 1);
  template.hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'rate(1 minute)',
    State: 'ENABLED',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: {
      Arn: attribute(lambda(), 'Arn'),
      RoleArn: attribute(logicalId('AWS::IAM::Role', 'Scheduler'), 'Arn'),
      RetryPolicy: { MaximumRetryAttempts: 0 },
    },
  });
  template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
    FunctionName: { Ref: lambda() },
    MaximumRetryAttempts: 0,
    MaximumEventAgeInSeconds: 60,
  });
});

test('The schedule may call the sweep and nothing else, and only where a schedule of this account says so', () => {
  const role = logicalId('AWS::IAM::Role', 'Scheduler');
  const policy = template.findResources('AWS::IAM::Policy')[logicalId('AWS::IAM::Policy', 'Scheduler')];
  expect(policy?.['Properties'].Roles).toEqual([{ Ref: role }]);
  expect(policy?.['Properties'].PolicyDocument.Statement).toEqual([
    { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: attribute(lambda(), 'Arn') },
  ]);
  const trust = template.findResources('AWS::IAM::Role')[role]?.['Properties'].AssumeRolePolicyDocument;
  const place = [{ Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }];
  const group = ['arn:', { Ref: 'AWS::Partition' }, ':scheduler:', ...place, ':schedule-group/default'];
  expect(trust.Statement).toEqual([
    {
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: 'scheduler.amazonaws.com' },
      Condition: {
        StringEquals: {
          'aws:SourceAccount': { Ref: 'AWS::AccountId' },
          'aws:SourceArn': { 'Fn::Join': ['', group] },
        },
      },
    },
  ]);
});
