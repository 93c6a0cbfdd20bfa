import { isUtf8 } from 'node:buffer';

/** How deep lists and maps may nest: many times what the deepest request of the service model needs. */
const deepest = 32;

const majors = { unsigned: 0, negative: 1, bytes: 2, text: 3, list: 4, map: 5, tag: 6 } as const;
const timeTag = 1;
const breakByte = 0xff;
/** The last simple values before the floats: false, true, null and undefined. */
const simpleValues = { first: 20, last: 23 } as const;
const floats = { half: 25, double: 27 } as const;
/** The key that no assignment gives to a JavaScript object: a decoder would lose it, or change the object. */
const unreadableKey = Buffer.from('__proto__');

const faults = {
  truncated: 'The request body is not CBOR: it ends within an item',
  reserved: 'The request body is not CBOR, or has a kind of value that Smithy RPC v2 has not',
  notUtf8: 'The request body has a text string that is not UTF-8',
  badKey: 'The request body has a map key that is not a text string of definite length',
  unreadableKey: 'The request body has the map key __proto__, which cannot be read from CBOR here',
  badTag: 'The request body has a tag that is not 1 with a number, which is a time',
  tooDeep: `The request body nests deeper than ${deepest} lists and maps`,
  more: 'The request body has more behind its CBOR value',
} as const;

type Fault = (typeof faults)[keyof typeof faults];

/** Where an item ends, or what is wrong with it. */
type End = number | Fault;

/**
 * Says what keeps the bytes from being read as one value of CBOR (RFC 8949) as Smithy RPC v2 uses it, or undefined if
 * nothing does. A decoder may trust what passes: the items and bytes that are announced are there and nothing behind them,
 * strings are UTF-8, keys are strings, no tag but that of a time is there, and nothing nests deeper than 32.
 *
 * Takes time and memory by the bytes that are there, whatever they announce. What it says quotes nothing of them.
 */
export function findCborFault(bytes: Uint8Array): string | undefined {
  const end = endOfItem(bytes, 0, 0);
  if (typeof end !== 'number') return end;
  return end === bytes.length ? undefined : faults.more;
}

/** The first bytes of an item. */
type Head = {
  readonly major: number;
  /** The low five bits of the first byte. */
  readonly minor: number;
  /** A count, a length, a tag or the number itself; undefined if a break ends the item. */
  readonly argument: number | undefined;
  readonly end: number;
};

const indefinite = 31;

function readHead(bytes: Uint8Array, at: number): Head | Fault {
  const first = bytes[at];
  if (first === undefined) return faults.truncated;
  const [major, minor] = [first >> 5, first & 31];
  if (minor < 24) return { major, minor, argument: minor, end: at + 1 };
  if (minor === indefinite) return { major, minor, argument: undefined, end: at + 1 };
  if (minor > 27) return faults.reserved;
  const end = at + 1 + 2 ** (minor - 24);
  if (end > bytes.length) return faults.truncated;
  let argument = 0;
  // Beyond 2 ** 53 it is not exact, and far beyond any length.
  for (let index = at + 1; index < end; index++) argument = argument * 256 + (bytes[index] ?? 0);
  return { major, minor, argument, end };
}

function endOfItem(bytes: Uint8Array, at: number, depth: number): End {
  const head = readHead(bytes, at);
  if (typeof head === 'string') return head;
  switch (head.major) {
    case majors.unsigned:
    case majors.negative:
      return head.argument === undefined ? faults.reserved : head.end;
    case majors.bytes:
    case majors.text:
      return endOfString(bytes, head);
    case majors.list:
    case majors.map:
      return depth === deepest ? faults.tooDeep : endOfEntries(bytes, head, depth + 1);
    case majors.tag:
      return endOfTime(bytes, head);
    default:
      return isSimpleValue(head) || isFloat(head) ? head.end : faults.reserved;
  }
}

function endOfEntries(bytes: Uint8Array, { major, argument: count, end }: Head, depth: number): End {
  let at = end;
  for (let read = 0; count === undefined ? bytes[at] !== breakByte : read < count; read++) {
    if (major === majors.map) {
      const endOfThisKey = endOfKey(bytes, at);
      if (typeof endOfThisKey === 'string') return endOfThisKey;
      at = endOfThisKey;
    }
    const endOfThis = endOfItem(bytes, at, depth);
    if (typeof endOfThis === 'string') return endOfThis;
    at = endOfThis;
  }
  return count === undefined ? at + 1 : at;
}

function endOfKey(bytes: Uint8Array, at: number): End {
  const head = readHead(bytes, at);
  if (typeof head === 'string') return head;
  if (head.major !== majors.text || head.argument === undefined) return faults.badKey;
  const end = endOfString(bytes, head);
  const isUnreadable =
    end === head.end + unreadableKey.length && unreadableKey.equals(bytes.subarray(head.end, end));
  return isUnreadable ? faults.unreadableKey : end;
}

/** A string of indefinite length is a row of strings of the same kind. */
function endOfString(bytes: Uint8Array, head: Head): End {
  if (head.argument !== undefined) return endOfChunk(bytes, head, head.argument);
  let at = head.end;
  while (bytes[at] !== breakByte) {
    const chunk = readHead(bytes, at);
    if (typeof chunk === 'string') return chunk;
    if (chunk.major !== head.major || chunk.argument === undefined) return faults.reserved;
    const end = endOfChunk(bytes, chunk, chunk.argument);
    if (typeof end === 'string') return end;
    at = end;
  }
  return at + 1;
}

function endOfChunk(bytes: Uint8Array, { major, end: start }: Head, length: number): End {
  const end = start + length;
  if (end > bytes.length) return faults.truncated;
  return major === majors.bytes || isText(bytes, start, end) ? end : faults.notUtf8;
}

function isText(bytes: Uint8Array, start: number, end: number): boolean {
  // Most text is ASCII, and a million short strings are too many to look at each as an array of its own.
  for (let at = start; at < end; at++) {
    if ((bytes[at] ?? 0) >= 0x80) return isUtf8(bytes.subarray(at, end));
  }
  return true;
}

function endOfTime(bytes: Uint8Array, { argument: tag, end }: Head): End {
  if (tag !== timeTag) return faults.badTag;
  const head = readHead(bytes, end);
  if (typeof head === 'string') return head;
  const isInteger = head.major <= majors.negative && head.argument !== undefined;
  return isInteger || isFloat(head) ? head.end : faults.badTag;
}

const isSimpleValue = ({ major, minor }: Head): boolean =>
  major > majors.tag && minor >= simpleValues.first && minor <= simpleValues.last;

const isFloat = ({ major, minor }: Head): boolean =>
  major > majors.tag && minor >= floats.half && minor <= floats.double;
