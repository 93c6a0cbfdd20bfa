import { type ItemKey, kindOfKey } from '#lib/table/keys.ts';
import { sweepLedger } from './sweep-ledger.ts';
import { sweepPayload } from './sweep-payload.ts';
import { sweepProcess } from './sweep-process.ts';
import { sweepRemains } from './sweep-remains.ts';
import type { EntryContext, Swept } from './swept.ts';

/** Does what is due about an item. What is not due any more stays as it is. */
export function sweepEntry(context: EntryContext, key: ItemKey): Promise<Swept> {
  const found = kindOfKey(key);
  switch (found.kind) {
    case 'session':
      return sweepLedger(context, found.sessionKey);
    case 'payload':
      return sweepPayload(context, found.sessionKey);
    case 'remains':
      return sweepRemains(context, found.sessionKey, found.createdAt);
    case 'process':
      return sweepProcess(context, found.address);
    case 'message':
    case 'other':
      return Promise.reject(new Error('An item is due about which nothing is ever to be done'));
  }
}
