import { isPortTaken } from '@capstan/local-redis/free-port'

/**
 * Below the ports that Linux assigns to connections, even with the offset of 10,000 for the bus of a cluster
 * node.
 */
const FIRST = 12_000
const EACH = 500
const SHARES = 20

let next = process.pid

/**
 * Reserves a port of 127.0.0.1 for the caller, so that a server can be killed and restarted on it. A port
 * chosen by the system could be assigned to another connection in between. Each Vitest worker has its own
 * range.
 */
export async function ownPort(): Promise<number> {
  const share = Number(process.env['VITEST_POOL_ID'] ?? 0) % SHARES
  for (let tries = 0; tries < EACH; tries++) {
    next += 1
    const port = FIRST + share * EACH + (next % EACH)
    if (!(await isPortTaken(port)) && !(await isPortTaken(port + 10_000))) return port
  }
  throw new Error(`all ports from ${FIRST + share * EACH} on are taken`)
}
