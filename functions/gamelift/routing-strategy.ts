import { maximumMessageBytes } from '#lib/fleets/aliases.ts';
import type { Routing } from '#lib/table/alias-items.ts';
import { type InputOf, string, structure } from '#lib/wire/shapes.ts';
import { type Refused, refused } from './operation.ts';
import { fleetId } from './shapes.ts';

export const routingStrategy = structure({
  Type: string({ values: ['SIMPLE', 'TERMINAL'] }),
  FleetId: fleetId,
  Message: string(),
});

type Read = { readonly kind: 'routing'; readonly routing: Routing };

/** Where an alias is to lead. What its type has no use for, a TERMINAL one's fleet or a SIMPLE one's message, is dropped. */
export function readRouting({ Type, FleetId, Message }: InputOf<typeof routingStrategy>): Read | Refused {
  if (Type === undefined) {
    return refused('InvalidRequestException', 'RoutingStrategy must have a Type: SIMPLE or TERMINAL.');
  }
  if (Type === 'TERMINAL') return readMessage(Message);
  return FleetId === undefined
    ? refused(
        'InvalidRequestException',
        'RoutingStrategy must have the FleetId that a SIMPLE alias leads to.',
      )
    : { kind: 'routing', routing: { type: Type, fleetId: FleetId } };
}

function readMessage(message: string | undefined): Read | Refused {
  if (!message) {
    return refused(
      'InvalidRequestException',
      'RoutingStrategy must have the Message that callers of a TERMINAL alias get.',
    );
  }
  const bytes = Buffer.byteLength(message);
  return bytes > maximumMessageBytes
    ? refused(
        'InvalidRequestException',
        `RoutingStrategy has a Message that takes ${bytes} bytes in UTF-8, more than ${maximumMessageBytes}.`,
      )
    : { kind: 'routing', routing: { type: 'TERMINAL', message } };
}

/** The refusal of a SIMPLE alias that would lead nowhere. */
export const leadsNowhere = (fleetId: string): Refused =>
  refused('InvalidRequestException', `RoutingStrategy has the FleetId ${fleetId}, which was not found.`);
