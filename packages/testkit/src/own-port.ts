import { isPortTaken } from '@capstan/local-redis/free-port'

/**
 * Below the ports that Linux assigns to connections, even with the offset of 10,000 for the bus of a cluster
 * node.
 */
const FIRST_PORT = 12_000
const PORTS_PER_RANGE = 500
const RANGES = 20

let next = process.pid

/**
 * Chooses a free port of 127.0.0.1 that no other test uses, so that a server can be killed and restarted on it.
 * The system could assign a port of its own choice to another connection in between. Each Vitest worker has
 * its own range.
 */
export async function ownPort(): Promise<number> {
  const range = Number(process.env['VITEST_POOL_ID'] ?? 0) % RANGES
  const firstPort = FIRST_PORT + range * PORTS_PER_RANGE
  for (let tries = 0; tries < PORTS_PER_RANGE; tries++) {
    next += 1
    const port = firstPort + (next % PORTS_PER_RANGE)
    if (!(await isPortTaken(port)) && !(await isPortTaken(port + 10_000))) return port
  }
  throw new Error(`all ports from ${firstPort} on are taken`)
}
