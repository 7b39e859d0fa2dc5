import { setTimeout as wait } from 'node:timers/promises'
import type { CallRecord } from '@capstan/provider-sim/call/call-record'
import { computeJainIndex } from '../measures/jain-index.ts'
import { runSeeds } from '../run-seeds.ts'
import type { Lab, Scenario } from '../scenario.ts'
import { runBenchScan } from '../stack/run-bench-scan.ts'
import { startBenchStack, type BenchStack } from '../stack/start-bench-stack.ts'
import { runWithCrds } from '../stack/run-with-crds.ts'
import { renderFairnessPage, type FairnessRun } from './fairness-page.ts'

const LARGE = 5_000
const SMALL = 10
const SLOTS = 50
/** The large scan is in progress when the small one starts. */
const HEAD_START_CALLS = 300
const LOOK_MS = 50

/** Whether a small scan waits for an earlier large one. */
export const fairness: Scenario = {
  name: 'fairness',
  summary: '10 types behind a scan of 5,000 against the same 10 alone; 30 s a seed',
  seeds: 5,
  run: (lab, seeds) =>
    runWithCrds(LARGE + SMALL, async (cluster) => {
      const runs = await runSeeds(
        lab,
        seeds,
        (seed) => runOnce(lab, cluster, seed),
        ({ aloneMs, behindMs }) => `alone ${aloneMs} ms, behind ${behindMs} ms`,
      )
      return renderFairnessPage(runs, { large: LARGE, small: SMALL, slots: SLOTS })
    }),
}

async function runOnce(lab: Lab, cluster: string, seed: number): Promise<FairnessRun> {
  await using stack = await startBenchStack({
    redisUrl: lab.redisUrl,
    cluster,
    provider: { seed, latency: { kind: 'uniform', minMs: 800, maxMs: 1_200 } },
    workers: 2,
    concurrency: SLOTS,
  })
  const scan = (include: string[], exclude: string[] = []) =>
    runBenchScan(
      stack.apiUrl,
      // Full, so that the second scan of the ten types makes calls again; parallel, so that it does not join
      // the large one.
      { include, exclude, mode: 'full', onConflict: 'parallel' },
      ended.signal,
    )
  const ended = new AbortController()
  const small = listSmallTypes()
  // Its first scan reads the definitions of the cluster once, which neither measured scan does.
  const warmUp = await scan(small)
  const alone = computeDurationMs(await scan(small))
  const before = stack.provider.stats().calls
  const large = scan(['*.example.com'], small)
  large.catch(() => undefined)
  while (stack.provider.stats().calls < before + HEAD_START_CALLS) {
    lab.signal.throwIfAborted()
    await wait(LOOK_MS)
  }
  const waitingBefore = LARGE - (stack.provider.stats().calls - before)
  const { behindMs, calls } = await runBehind(stack, before, () => scan(small))
  // The rest of the large scan is not needed.
  ended.abort()
  if (warmUp.scan.progress.failed > 0) throw new Error('types failed without any fault')
  return { seed, aloneMs: alone, behindMs, waitingBefore, ...computeShares(calls) }
}

async function runBehind(
  stack: BenchStack,
  before: number,
  scan: () => ReturnType<typeof runBenchScan>,
): Promise<{ behindMs: number; calls: CallRecord[] }> {
  const behindMs = computeDurationMs(await scan())
  return { behindMs, calls: stack.provider.calls().slice(before) }
}

function computeDurationMs({ scan, sentAtMs }: Awaited<ReturnType<typeof runBenchScan>>): number {
  return Date.parse(scan.finishedAt ?? '') - sentAtMs
}

/** The last types of the folder, by name. */
function listSmallTypes(): string[] {
  return Array.from({ length: SMALL }, (_, index) => {
    const place = LARGE + index
    return `widgets${String(place).padStart(5, '0')}.group-${place % 20}.example.com`
  })
}

/** How slots were shared while both scans had waiting types. */
function computeShares(
  calls: CallRecord[],
): Pick<FairnessRun, 'smallStarts' | 'largeStarts' | 'jain'> {
  const isSmall = ({ subject }: CallRecord): boolean =>
    Number(/^Widget(\d+)/.exec(subject)?.[1]) >= LARGE
  const small = calls.filter(isSmall).map(({ arrivedMs }) => arrivedMs)
  const [from, to] = [Math.min(...small), Math.max(...small)]
  const within = calls.filter(({ arrivedMs }) => arrivedMs >= from && arrivedMs <= to)
  const smallStarts = within.filter(isSmall).length
  const largeStarts = within.length - smallStarts
  return { smallStarts, largeStarts, jain: computeJainIndex([smallStarts, largeStarts]) }
}
