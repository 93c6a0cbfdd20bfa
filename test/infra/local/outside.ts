import { once } from 'node:events';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';

/**
 * Addresses of this machine other than 127.0.0.1: what listens on all interfaces is reached there. On Linux 127.0.0.2
 * is one of them even on a machine without a network.
 */
export function otherAddresses(): readonly string[] {
  const addresses = Object.values(networkInterfaces())
    .flatMap((ofInterface) => ofInterface ?? [])
    .filter(({ address, scopeid }) => address !== '127.0.0.1' && !scopeid)
    .map(({ address }) => address);
  return process.platform === 'linux' ? ['127.0.0.2', ...addresses] : addresses;
}

/** Settles when a connection is made; rejects with the reason why none is. */
export async function connecting(host: string, port: number): Promise<void> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}
