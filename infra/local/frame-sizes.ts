/**
 * Reads along what a client sends on a WebSocket, and tells how many bytes each frame says that it carries, as soon as it
 * says so. The package ws limits whole messages alone.
 *
 * @returns what is to be given each piece that comes, in turn.
 */
export function watchFrames(onFrame: (payloadBytes: number) => void): (piece: Buffer) => void {
  let header: readonly number[] = [];
  let payloadLeft = 0;
  return (piece) => {
    let position = 0;
    while (position < piece.length) {
      const passed = Math.min(payloadLeft, piece.length - position);
      payloadLeft -= passed;
      position += passed;
      const byte = piece[position++];
      if (byte === undefined) return;
      header = [...header, byte];
      if (header.length < headerBytes(header)) continue;
      payloadLeft = payloadBytes(header);
      header = [];
      onFrame(payloadLeft);
    }
  };
}

/** How long the header is by what has come of it. */
function headerBytes([, second]: readonly number[]): number {
  if (second === undefined) return 2;
  const maskBytes = second & 0x80 ? 4 : 0;
  return 2 + lengthBytes(second) + maskBytes;
}

/** The bytes that a length takes which the second byte itself has no room for. */
function lengthBytes(second: number): number {
  const length = second & 0x7f;
  if (length < 126) return 0;
  return length === 126 ? 2 : 8;
}

function payloadBytes([, second = 0, ...rest]: readonly number[]): number {
  const bytes = lengthBytes(second);
  if (bytes === 0) return second & 0x7f;
  return rest.slice(0, bytes).reduce((length, byte) => length * 256 + byte, 0);
}
