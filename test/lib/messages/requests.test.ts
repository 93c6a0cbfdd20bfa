import { describe, expect, test } from 'vitest';
import {
  dropThrough,
  messagesAfter,
  putMessage,
  putVoid,
  removableThrough,
  takeNumber,
} from '#lib/table/message-requests.ts';

/** The requests to DynamoDB, to the letter: what they are conditional on, and what they write. */

const queue = { sessionKey: 'session', titleId: 7, queueIndex: 2 };
const messages = { historyKey: 'session.1000000', queueIndex: 2 };
const at = 1_000_001;

describe('the session', () => {
  test('gives out the next number of a queue to a player who is in', () => {
    const wanted = { ...queue, token: '0seat', claim: 'claim', at, follows: undefined };
    expect(takeNumber(wanted)).toMatchInlineSnapshot();
  });

  test('gives out a number that has to be the next after another', () => {
    const wanted = { ...queue, token: '0seat', claim: 'claim', at, follows: 41 };
    expect(takeNumber(wanted).ConditionExpression).toMatchInlineSnapshot();
  });

  test('takes messages up to a number out of sight, for a player and for the title', () => {
    expect(dropThrough(queue, 41, '0seat')).toMatchInlineSnapshot();
    expect(dropThrough(queue, 41, undefined).ConditionExpression).toMatchInlineSnapshot();
  });
});

describe('the messages', () => {
  test('are written once under each number, or given up once', () => {
    const message = { number: 42, sender: '1', at, data: Uint8Array.of(1), claim: 'claim' };
    expect(putMessage(messages, message)).toMatchInlineSnapshot();
    expect(putVoid(messages, 42, at)).toMatchInlineSnapshot();
  });

  test('are read in the order of their numbers', () => {
    expect(messagesAfter(messages, 41)).toMatchInlineSnapshot();
  });

  test('are found for removal but for numbers that were given up of late', () => {
    expect(removableThrough(messages, 41, at)).toMatchInlineSnapshot();
  });
});
