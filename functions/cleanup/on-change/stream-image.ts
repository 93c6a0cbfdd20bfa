import type { AttributeValue, StreamRecord } from 'aws-lambda';
import type { StoredItem } from '#lib/table/client.ts';

type Image = NonNullable<StreamRecord['NewImage']>;

/**
 * An item as a record of the table's stream shows it, read as the client of the table reads items. Lambda hands bytes over in
 * Base64, which the readers of the SDK do not expect. Throws for kinds of attributes that no item of the table has.
 */
export const readImage = (image: Image): StoredItem =>
  Object.fromEntries(Object.entries(image).map(([name, value]) => [name, readValue(value)]));

function readValue(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.M !== undefined) return readImage(value.M);
  if (value.L !== undefined) return value.L.map(readValue);
  if (value.B !== undefined) return Uint8Array.from(Buffer.from(value.B, 'base64'));
  throw new Error(`An image has an attribute of the kind ${Object.keys(value).join()}`);
}
