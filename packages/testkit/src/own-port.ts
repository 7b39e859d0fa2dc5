import { isPortTaken } from '@capstan/local-redis/free-port'

/** Below those that Linux gives to connections by itself, also with the 10,000 more of a Redis node's bus. */
const FIRST = 12_000
const EACH = 500
const SHARES = 20

let next = process.pid

/**
 * A port of 127.0.0.1 that stays the caller's while nobody listens on it, so that a server can be killed and started
 * again there. One that the system chose would be given to somebody's connection meanwhile; every worker of Vitest has
 * its own share of these.
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
