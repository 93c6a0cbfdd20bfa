/** Where the local stack is: the values of CloudFormation's pseudo parameters on this machine. */
export const region = 'us-east-1';
export const accountId = '000000000000';
export const partition = 'aws';

/** The port that the local run listens on unless it is told another. */
export const defaultPort = 4800;

/** The access key that the local run issues: fixed, and worth nothing elsewhere. */
export const localAccessKey = { id: 'OPENSLOTLOCAL', secret: 'openslot-local' };

/** How this process reaches DynamoDB Local, which asks for credentials and takes any. */
export const localAwsAccess = { region, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
