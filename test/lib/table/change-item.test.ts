import { beforeEach, describe, expect, test } from 'vitest';
import { changeItem, deleteItem, reviseItem } from '#lib/table/change-item.ts';
import { sendDelete, sendPut, sendUpdate, type Table } from '#lib/table/client.ts';
import type { ItemKey } from '#lib/table/keys.ts';
import { getItem } from '#lib/table/reads.ts';
import { contentsOf } from '#test/support/contents.ts';
import { newTable } from '#test/support/table.ts';

const key: ItemKey = { pk: 'THINGS', sk: 'thing' };

describe('the request', () => {
  test('to change an item sets and removes attributes by name, and leaves the others out', () => {
    const changes = { name: 'New', limit: null, description: undefined, locations: ['custom-1'] };
    expect(changeItem(key, changes)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "attribute_exists(pk)",
        "ExpressionAttributeNames": {
          "#limit": "limit",
          "#locations": "locations",
          "#name": "name",
        },
        "ExpressionAttributeValues": {
          ":locations": [
            "custom-1",
          ],
          ":name": "New",
        },
        "Key": {
          "pk": "THINGS",
          "sk": "thing",
        },
        "ReturnValues": "ALL_NEW",
        "UpdateExpression": "SET #name = :name, #locations = :locations REMOVE #limit",
      }
    `);
  });

  test('to change nothing only asks for the item', () => {
    expect(changeItem(key, { name: undefined })).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "attribute_exists(pk)",
        "Key": {
          "pk": "THINGS",
          "sk": "thing",
        },
        "ReturnValues": "ALL_NEW",
      }
    `);
  });

  test('to revise an item asks that it is the same one, and that nobody has revised it since', () => {
    expect(reviseItem(key, { rev: 4, createdAt: 1 }, { tags: [] })).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "attribute_exists(pk) AND createdAt = :seenCreatedAt AND #rev = :seenRev",
        "ExpressionAttributeNames": {
          "#rev": "rev",
          "#tags": "tags",
        },
        "ExpressionAttributeValues": {
          ":rev": 5,
          ":seenCreatedAt": 1,
          ":seenRev": 4,
          ":tags": [],
        },
        "Key": {
          "pk": "THINGS",
          "sk": "thing",
        },
        "ReturnValues": "ALL_NEW",
        "UpdateExpression": "SET #tags = :tags, #rev = :rev",
      }
    `);
  });

  test('to revise an item for the first time asks that nobody has', () => {
    expect(reviseItem(key, { createdAt: 1 }, { tags: null })).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "attribute_exists(pk) AND createdAt = :seenCreatedAt AND attribute_not_exists(#rev)",
        "ExpressionAttributeNames": {
          "#rev": "rev",
          "#tags": "tags",
        },
        "ExpressionAttributeValues": {
          ":rev": 1,
          ":seenCreatedAt": 1,
        },
        "Key": {
          "pk": "THINGS",
          "sk": "thing",
        },
        "ReturnValues": "ALL_NEW",
        "UpdateExpression": "SET #rev = :rev REMOVE #tags",
      }
    `);
  });
});

describe('an item', () => {
  let table: Table;
  beforeEach(async () => {
    ({ table } = await newTable());
    await sendPut(table, { Item: { ...key, createdAt: 1, name: 'Old', limit: 4, description: 'Kept' } });
  });

  test('is changed as said, and given back as it is now', async () => {
    const write = await sendUpdate(table, changeItem(key, { name: 'New', limit: null }));
    const changed = { ...key, createdAt: 1, name: 'New', description: 'Kept' };
    expect(write).toEqual({ kind: 'written', attributes: changed });
    expect(await getItem(table, key)).toEqual(changed);
  });

  test('stays as it is where nothing is changed, and is given back', async () => {
    const before = await getItem(table, key);
    expect(await sendUpdate(table, changeItem(key, {}))).toEqual({ kind: 'written', attributes: before });
    expect(await getItem(table, key)).toEqual(before);
  });

  test('is revised once by whoever saw it in the same state', async () => {
    const first = await sendUpdate(table, reviseItem(key, { createdAt: 1 }, { name: 'First' }));
    expect(first).toMatchObject({ kind: 'written', attributes: { name: 'First', rev: 1 } });
    const second = await sendUpdate(table, reviseItem(key, { createdAt: 1 }, { name: 'Second' }));
    expect(second).toMatchObject({ kind: 'refused', image: { name: 'First', rev: 1 } });
    const third = await sendUpdate(table, reviseItem(key, { rev: 1, createdAt: 1 }, { name: 'Third' }));
    expect(third).toMatchObject({ kind: 'written', attributes: { name: 'Third', rev: 2 } });
  });

  test('is not revised by whoever saw another one in its place, deleted since', async () => {
    await sendDelete(table, deleteItem(key));
    await sendPut(table, { Item: { ...key, createdAt: 2, name: 'Another' } });
    const before = await getItem(table, key);
    const late = await sendUpdate(table, reviseItem(key, { createdAt: 1 }, { name: 'New' }));
    expect(late).toMatchObject({ kind: 'refused', image: before });
    expect(await getItem(table, key)).toEqual(before);
  });

  test('that does not exist is neither changed nor revised nor deleted, and none is made', async () => {
    const absent = { ...key, sk: 'absent' };
    const before = await contentsOf(table);
    for (const write of [
      sendUpdate(table, changeItem(absent, { name: 'New' })),
      sendUpdate(table, changeItem(absent, {})),
      sendUpdate(table, reviseItem(absent, { createdAt: 1 }, { name: 'New' })),
      sendDelete(table, deleteItem(absent)),
    ]) {
      expect(await write).toEqual({ kind: 'refused', image: undefined, mayBeDone: false });
    }
    expect(await contentsOf(table)).toEqual(before);
  });

  test('is deleted once', async () => {
    expect(await sendDelete(table, deleteItem(key))).toMatchObject({ kind: 'written' });
    expect(await getItem(table, key)).toBeUndefined();
    expect(await sendDelete(table, deleteItem(key))).toMatchObject({ kind: 'refused' });
  });
});
