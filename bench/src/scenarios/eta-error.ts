import type { SimConfigInput } from '@capstan/provider-sim/sim-config'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { computeEtaErrors } from '../measures/eta-errors.ts'
import { formatSignedPercent } from '../report/signed-percent.ts'
import type { Lab, Scenario } from '../scenario.ts'
import { startBenchStack } from '../stack/start-bench-stack.ts'
import { pollScanUntilEnd } from '../stack/poll-scan.ts'
import { runWithCrds } from '../stack/run-with-crds.ts'
import { renderEtaErrorPage, type EtaRun, MARKS } from './eta-error-page.ts'

interface EtaCase {
  name: string
  slots: number
  provider: Omit<SimConfigInput, 'seed'>
  stated: string | null
}

const TYPES = 300
const LOOK_MS = 200

const LATENCY = { kind: 'lognormal', medianMs: 4_800, sigma: 0.22 } as const
const CASES: EtaCase[] = [
  { name: 'latency binds', slots: 30, provider: { latency: LATENCY }, stated: null },
  {
    name: 'input tokens bind',
    slots: 120,
    provider: {
      latency: LATENCY,
      limits: { inputTokensPerMinute: 400_000, burstSeconds: { requests: 10, tokens: 10 } },
      // Cached tokens would not count, and the prompt is the largest part here.
      cache: { minTokens: 1_000_000 },
    },
    stated: 'itpm=400000',
  },
]

/** Error of the ETA of a scan. */
export const etaError: Scenario = {
  name: 'eta-error',
  summary: 'ETA against real time left where latency or tokens are the bottleneck; 2 min a seed',
  seeds: 5,
  run: (lab, seeds) =>
    runWithCrds(TYPES, async (cluster) => {
      const runs: EtaRun[] = []
      for (const seed of seeds) {
        for (const one of CASES) {
          lab.signal.throwIfAborted()
          const run = await runOnce(lab, cluster, one, seed)
          lab.record(buildRow(run))
          lab.log(`seed ${seed}, ${one.name}: ${run.errors.map(formatSignedPercent).join(' ')}`)
          runs.push(run)
        }
      }
      return renderEtaErrorPage(runs, TYPES)
    }),
}

async function runOnce(lab: Lab, cluster: string, one: EtaCase, seed: number): Promise<EtaRun> {
  await using stack = await startBenchStack({
    redisUrl: lab.redisUrl,
    cluster,
    provider: { ...one.provider, seed },
    workers: 2,
    concurrency: one.slots,
    ...(one.stated === null
      ? {}
      : { workerEnvironment: () => ({ ANTHROPIC_LIMITS: one.stated ?? '' }) }),
  })
  const seen: { scan: Scan; atMs: number }[] = []
  const { scan, sentAtMs } = await pollScanUntilEnd(
    stack.apiUrl,
    { include: ['*.example.com'] },
    { everyMs: LOOK_MS, onLook: (look, atMs) => void seen.push({ scan: look, atMs }) },
    lab.signal,
  )
  if (scan.progress.succeeded !== TYPES) throw new Error('types failed without any fault')
  const endMs = Date.parse(scan.finishedAt ?? '') - sentAtMs
  const looks = seen
    .filter((look) => !look.scan.done)
    .map(({ scan: { progress, eta }, atMs }) => ({
      atMs: atMs - sentAtMs,
      done: progress.finished / (progress.total ?? Number.POSITIVE_INFINITY),
      leftMs: eta.seconds === null ? null : 1000 * eta.seconds,
    }))
  return { case: one.name, seed, endMs, looks, errors: computeEtaErrors(looks, endMs, MARKS) }
}

function buildRow({ looks, errors, ...run }: EtaRun) {
  const marks = MARKS.map((mark, index) => [`errorAt${100 * mark}`, errors[index] ?? null] as const)
  return { ...run, looks: looks.length, ...Object.fromEntries(marks) }
}
