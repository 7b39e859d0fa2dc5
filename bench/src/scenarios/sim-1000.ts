import { startProcess } from '@capstan/testkit/start-process'
import { z } from 'zod'
import { runSeeds } from '../run-seeds.ts'
import { renderBarChart } from '../report/bar-chart.ts'
import { formatSpread } from '../report/spread.ts'
import type { Lab, Scenario } from '../scenario.ts'

const CLIENTS = 1_000
const CALLS_EACH = 6
const LATENCY = { kind: 'uniform', minMs: 4_000, maxMs: 6_000 } as const

interface Run {
  seed: number
  tookMs: number
  calls: number
  answered: number
  maxInFlight: number
  /** Share of one core while the calls ran. */
  coreShare: number
  /** Time of a call beyond its drawn latency: median and 99th percentile. */
  lateMs: number
  lateMostMs: number
  rssMb: number
}

const Process = z.object({ cpuMs: z.number(), rssMb: z.number() })
const Stats = z.object({ calls: z.number(), succeeded: z.number(), maxInFlight: z.number() })
const Calls = z.array(
  z.object({ arrivedMs: z.number(), endedMs: z.number(), latencyMs: z.number() }),
)

/** Whether the simulator limits the measurements that are made with it. */
export const sim1000: Scenario = {
  name: 'sim-1000',
  summary:
    '1,000 calls at once at the provider simulator alone: what it takes of a core; 35 s a seed',
  seeds: 3,
  run: async (lab, seeds) =>
    pageOf(await runSeeds(lab, seeds, (seed) => runOnce(lab, seed), describeRun)),
}

const describeRun = ({ coreShare, lateMs }: Run): string =>
  `${(100 * coreShare).toFixed(0)} % of a core, ${lateMs.toFixed(0)} ms late`

async function runOnce(lab: Lab, seed: number): Promise<Run> {
  await using stack = new AsyncDisposableStack()
  const config = JSON.stringify({ seed, latency: LATENCY })
  const sim = await startProcess('provider-sim', { SIM_CONFIG: config })
  stack.defer(async () => {
    await sim.stop()
  })
  const read = async <T>(path: string, shape: z.ZodType<T>): Promise<T> =>
    shape.parse(await (await fetch(`${sim.url}/_sim/${path}`, { signal: lab.signal })).json())
  const before = await read('process', Process)
  const startedAt = performance.now()
  await Promise.all(
    Array.from({ length: CLIENTS }, async (_, client) => {
      for (let call = 0; call < CALLS_EACH; call += 1) {
        await ask(sim.url, `Type${client}x${call} (example.com/v1, namespaced)`, lab.signal)
      }
    }),
  )
  const tookMs = performance.now() - startedAt
  const after = await read('process', Process)
  const stats = await read('stats', Stats)
  const late = (await read('calls', Calls))
    .map(({ arrivedMs, endedMs, latencyMs }) => endedMs - arrivedMs - latencyMs)
    .toSorted((one, other) => one - other)
  return {
    seed,
    tookMs,
    calls: stats.calls,
    answered: stats.succeeded,
    maxInFlight: stats.maxInFlight,
    coreShare: (after.cpuMs - before.cpuMs) / tookMs,
    lateMs: late[Math.floor(late.length / 2)] ?? Number.NaN,
    lateMostMs: late[Math.floor(late.length * 0.99)] ?? Number.NaN,
    rssMb: after.rssMb,
  }
}

async function ask(url: string, text: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk-simulated', 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'm',
      max_tokens: 2_000,
      messages: [{ role: 'user', content: text }],
    }),
    signal,
  })
  await response.arrayBuffer()
}

function pageOf(runs: Run[]) {
  const of = (figure: (run: Run) => number, digits: number): string =>
    formatSpread(runs.map(figure), digits)
  const row = {
    'calls answered': of(({ answered }) => answered, 0),
    'most at once': of(({ maxInFlight }) => maxInFlight, 0),
    'calls a second': of(({ calls, tookMs }) => (1_000 * calls) / tookMs, 0),
    'of one core, %': of(({ coreShare }) => 100 * coreShare, 0),
    'late, ms': of(({ lateMs }) => lateMs, 0),
    'late, worst of a hundred, ms': of(({ lateMostMs }) => lateMostMs, 0),
    'memory, MiB': of(({ rssMb }) => rssMb, 0),
  }
  const isReached = runs.every(
    ({ calls, answered, maxInFlight, coreShare }) =>
      answered === calls && maxInFlight === CLIENTS && coreShare < 1,
  )
  return {
    title: 'A thousand calls at once at the simulator',
    method: `${CLIENTS} clients ask the provider simulator, a process of its own, ${CALLS_EACH} times each, one call after another, 4 to 6 s a call. ${runs.length} seed${runs.length === 1 ? '' : 's'}; medians, with minimum and maximum in brackets. *Late* is what a call took, from its arrival to its end by the simulator's own log, beyond the latency that was drawn for it.`,
    rows: [row],
    plots: [
      {
        file: 'sim-1000-core.svg',
        alt: 'What the simulator takes of one core, by seed',
        svg: renderBarChart({
          title: 'Processor time of the simulator',
          unit: '% of a core',
          bars: runs.map(({ seed, coreShare }) => ({
            label: `seed ${seed}`,
            parts: [100 * coreShare],
          })),
        }),
      },
    ],
    findings: [
      `* ${isReached ? 'Reached' : '**Not reached**'}: ${CLIENTS} calls at once, all answered, on less than one core.`,
      '* The calls all begin at the same moment, which is the hardest for it: in a scan they are spread out.',
    ].join('\n'),
  }
}
