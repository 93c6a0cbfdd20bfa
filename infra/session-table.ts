import { AttributeType, BillingMode, ProjectionType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { indexes, partitionKey, sortKey, timeToLive } from '#lib/table/schema.ts';

const text = (name: string) => ({ name, type: AttributeType.STRING });

/** The partitions whose keys begin with this, as grants name them. */
export const anyOf = (prefix: string) => `${prefix}*`;

/** What a function does with the table beside reading items. An asterisk in a partition's key stands for anything. */
export type TableUse = {
  /** Whether it reads several items at once by their keys. */
  readonly readsBatches: boolean;
  /** The indexes that it queries. */
  readonly queries: readonly (typeof indexes)[keyof typeof indexes][];
  /** The partitions in which it puts items. */
  readonly puts: readonly string[];
  /** The partitions in which it updates items. */
  readonly updates: readonly string[];
  /** The partitions from which it deletes. */
  readonly deletes: readonly string[];
};

/** The one table, which holds all that the service keeps. */
export class SessionTable extends Construct {
  readonly table: Table;

  constructor(
    scope: Construct,
    id: string,
    props: { readonly removalPolicy: RemovalPolicy; readonly deletionProtection: boolean },
  ) {
    super(scope, id);
    // `Table` rather than `TableV2`: it renders AWS::DynamoDB::Table, whose properties are the input of CreateTable,
    // so that the local run can create from the template exactly what is deployed. TableV2 renders a GlobalTable.
    //
    // No encryption key is named: DynamoDB then encrypts with a key of its own, at no charge. A key of the account
    // would cost a call to KMS for each new connection and could, once disabled, take every game session with it.
    this.table = new Table(this, 'Table', {
      partitionKey: text(partitionKey),
      sortKey: text(sortKey),
      timeToLiveAttribute: timeToLive,
      billingMode: BillingMode.PAY_PER_REQUEST,
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: props.deletionProtection,
      removalPolicy: props.removalPolicy,
    });
    for (const index of Object.values(indexes)) {
      this.table.addGlobalSecondaryIndex({
        indexName: index.name,
        partitionKey: text(index.partitionKey),
        sortKey: text(index.sortKey),
        projectionType: ProjectionType[index.projection],
      });
    }
  }

  /** Lets the function read all items and write some, and tells it the table's name. Nothing is scanned. */
  connect(lambda: LambdaFunction, { readsBatches, queries, puts, updates, deletes }: TableUse): void {
    lambda.addEnvironment('TABLE_NAME', this.table.tableName);
    lambda.addToRolePolicy(
      new PolicyStatement({
        actions: [...(readsBatches ? ['dynamodb:BatchGetItem'] : []), 'dynamodb:GetItem', 'dynamodb:Query'],
        resources: [this.table.tableArn],
      }),
    );
    lambda.addToRolePolicy(this.writing('dynamodb:PutItem', puts));
    lambda.addToRolePolicy(this.writing('dynamodb:UpdateItem', updates));
    lambda.addToRolePolicy(this.writing('dynamodb:DeleteItem', deletes));
    if (queries.length === 0) return;
    lambda.addToRolePolicy(
      new PolicyStatement({
        actions: ['dynamodb:Query'],
        resources: queries.map((index) => `${this.table.tableArn}/index/${index.name}`),
      }),
    );
  }

  /** Lets the function's event source mapping read the table's changes. The ARN of their stream. */
  connectStream(lambda: LambdaFunction): string {
    const { tableStreamArn } = this.table;
    if (tableStreamArn === undefined) throw new Error(`${this.node.path} tells nobody of its changes`);
    lambda.addToRolePolicy(
      new PolicyStatement({
        // ListStreams too: DynamoDB's guide grants it on the stream, and the mapping lists no others.
        actions: [
          'dynamodb:DescribeStream',
          'dynamodb:GetRecords',
          'dynamodb:GetShardIterator',
          'dynamodb:ListStreams',
        ],
        resources: [tableStreamArn],
      }),
    );
    return tableStreamArn;
  }

  private writing(action: string, partitions: readonly string[]): PolicyStatement {
    return new PolicyStatement({
      actions: [action],
      resources: [this.table.tableArn],
      conditions: {
        // Whatever names no key at all would fit the other condition.
        Null: { 'dynamodb:LeadingKeys': 'false' },
        'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions },
      },
    });
  }
}
