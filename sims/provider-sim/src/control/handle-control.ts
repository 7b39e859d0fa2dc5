import type { IncomingMessage, ServerResponse } from 'node:http'
import { text as readText } from 'node:stream/consumers'
import { z } from 'zod'
import { FaultConfig } from '../config/fault-config.ts'
import { LimitChange } from '../config/limits-config.ts'
import { removeKeys } from '../log/sim-call-log.ts'
import { PROFILES } from '../profiles.ts'
import { SimConfig } from '../sim-config.ts'
import type { ProviderSim } from '../provider-sim.ts'

type Controlled = Omit<ProviderSim, 'url' | 'close'>
type Handler = (sim: Controlled, url: URL) => unknown

const READS: Record<string, Handler> = {
  '/_sim/stats': (sim) => sim.stats(),
  // `?after=n` returns only calls with a larger number.
  '/_sim/calls': (sim, url) => {
    const after = Number(url.searchParams.get('after') ?? 0)
    return sim.calls().filter(({ n }) => n > after)
  },
  '/_sim/compliance': (sim) => sim.compliance(),
  '/_sim/config': (sim) => removeKeys(sim.config()),
  '/_sim/profiles': () => PROFILES,
  // CPU time of the simulator: a benchmark must not take the simulator's limits for the client's.
  '/_sim/process': () => {
    const { user, system } = process.cpuUsage()
    return { cpuMs: (user + system) / 1000, rssMb: process.memoryUsage.rss() / 2 ** 20 }
  },
}

/** `/_sim/*`: for tests and benchmarks in other processes. Needs no key. */
export async function handleControl(
  sim: Controlled,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://simulator')
  const { status, body } =
    request.method === 'POST' ? write(sim, url.pathname, await readText(request)) : read(sim, url)
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(body === undefined ? undefined : JSON.stringify(body))
}

interface Reply {
  status: number
  body?: unknown
}

function read(sim: Controlled, url: URL): Reply {
  const handler = READS[url.pathname]
  return handler ? { status: 200, body: handler(sim, url) } : { status: 404, body: {} }
}

/**
 * POST: `config` replaces the configuration and resets, `reset` resets, `limits` and `fault` change the
 * running one.
 */
function write(sim: Controlled, path: string, text: string): Reply {
  const json = parseBody(text)
  switch (path) {
    case '/_sim/config':
      return take(SimConfig, json, (config) => sim.configure(config))
    case '/_sim/limits':
      return take(LimitChange.omit({ atSeconds: true }), json, (change) => sim.changeLimits(change))
    case '/_sim/fault':
      return take(FaultConfig, json, (fault) => sim.addFault(fault))
    case '/_sim/reset':
      sim.configure(sim.config())
      return { status: 204 }
    default:
      return { status: 404, body: {} }
  }
}

function take<T>(schema: z.ZodType<T>, json: unknown, use: (value: T) => void): Reply {
  const result = schema.safeParse(json)
  if (!result.success) return { status: 400, body: result.error.issues }
  use(result.data)
  return { status: 204 }
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text || '{}')
  } catch {
    return text
  }
}
