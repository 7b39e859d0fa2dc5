import { setTimeout as wait } from 'node:timers/promises'
import { cancelBenchScan, startBenchScan } from '../stack/bench-scan.ts'
import { AGAIN, timeScan } from './time-scan.ts'
import type { Workbench } from './workbench.ts'

/** A scan alone and beside a scan with `concurrency` 1 on the same route. */
export interface NarrowScanMeasures {
  aloneMs: number[]
  besideMs: number[]
}

const ROUTE = { provider: 'anthropic', model: 'shared-model' } as const
const TYPES = 400
const ROUNDS = 2
const LOOK_MS = 20

/** Runs the scan alternately alone and beside the other scan. */
export async function compareNarrowScan(bench: Workbench): Promise<NarrowScanMeasures> {
  const normal = { ...ROUTE, include: bench.types.slice(0, TYPES) }
  const aloneMs = [await timeScan(bench, normal)]
  const besideMs: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const narrowId = await startNarrowScan(bench)
    besideMs.push(await timeScan(bench, normal))
    await cancelBenchScan(bench.stack.apiUrl, narrowId, bench.signal)
    aloneMs.push(await timeScan(bench, normal))
  }
  return { aloneMs, besideMs }
}

/** Returns the id of the scan when its first call is running. */
async function startNarrowScan({ stack, calls, types, signal }: Workbench): Promise<string> {
  const include = types.slice(TYPES, 2 * TYPES)
  const earlier = calls.of(ROUTE.model).length
  const request = { ...ROUTE, include, concurrency: 1, ...AGAIN }
  const { id } = await startBenchScan(stack.apiUrl, request, signal)
  while (calls.of(ROUTE.model).length === earlier) await wait(LOOK_MS, undefined, { signal })
  return id
}
