import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { inject } from 'vitest';

/** The directory with the stack as it is deployed. */
export const assembly = inject('assembly');

export const template = Template.fromString(
  readFileSync(path.join(assembly, 'Openslot.template.json'), 'utf8'),
);

/** The logical id of the only resource of its type whose logical id contains `part`. */
export function logicalId(type: string, part = ''): string {
  const [id, ...others] = Object.keys(template.findResources(type)).filter((each) => each.includes(part));
  if (id === undefined || others.length > 0) {
    throw new Error(`expected one ${type} with ${part} in its name, found ${[id, ...others].join(', ')}`);
  }
  return id;
}

/** How the template refers to an attribute of a resource. */
export const attribute = (id: string, name: string) => ({ 'Fn::GetAtt': [id, name] });

/** The deployment's name in its metrics: the hash of the construct's path is in it. */
export const service = 'Openslot-Service-6897AE5D';
