import { awaitStableRssMb } from '../../engine/await-stable-memory.ts'
import { holdReaders } from '../../engine/hold-readers.ts'
import { computeMedian } from '../../measures/median.ts'
import { formatSpread } from '../../report/spread.ts'
import type { BenchmarkPage } from '../../report/write-page.ts'
import type { Lab, Scenario } from '../../scenario.ts'
import { startEngine } from '../../stack/start-engine.ts'
import { startBenchScan } from '../../stack/bench-scan.ts'
import { runWithCrds } from '../../stack/run-with-crds.ts'

interface ReadersRun {
  readers: number
  rssMb: number
  /** Additional memory per reader. */
  kibEach: number
}

const TYPES = 66
/** Readers that connect before the measurement, so that libraries are loaded and the heap has grown. */
const WARM_UP = 20
const STEPS = [1_000, 2_000, 4_000]
const GOAL_KIB = 32

export const eventReaders: Scenario = {
  name: 'event-readers',
  summary: 'memory of the API for each client that follows a scan by SSE; 20 s a seed',
  seeds: 3,
  run: async (lab, seeds) => {
    const runs: ReadersRun[] = []
    for (const seed of seeds) runs.push(...(await runOnce(lab, seed)))
    return renderReadersPage(runs, seeds.length)
  },
}

function runOnce(lab: Lab, seed: number): Promise<ReadersRun[]> {
  const runs: ReadersRun[] = []
  return runWithCrds(TYPES, async (clusterFiles) => {
    await using engine = await startEngine({ redisUrl: lab.redisUrl, clusterFiles })
    const { apiUrl, apiPid } = engine
    const { id } = await startBenchScan(apiUrl, {}, lab.signal)
    const readers = holdReaders(apiUrl, id)
    await readers.open(WARM_UP)
    const base = await awaitStableRssMb(apiPid)
    let open = 0
    for (const step of STEPS) {
      await readers.open(step - open)
      open = step
      const readRssMb = await awaitStableRssMb(apiPid)
      const run = { readers: step, rssMb: readRssMb, kibEach: ((readRssMb - base) * 1_024) / step }
      lab.record({ seed, ...run })
      lab.log(
        `seed ${seed}, ${step} readers: ${run.kibEach.toFixed(1)} KiB each (${base.toFixed(0)} -> ${readRssMb.toFixed(0)} MiB)`,
      )
      runs.push(run)
    }
    readers.close()
    return runs
  })
}

function renderReadersPage(
  runs: ReadersRun[],
  seeds: number,
): Omit<BenchmarkPage, 'name' | 'command'> {
  const of = (readers: number): ReadersRun[] => runs.filter((run) => run.readers === readers)
  const each = STEPS.map((readers) => of(readers).map(({ kibEach }) => kibEach))
  const worst = Math.max(...each.map(computeMedian))
  return {
    title: 'Memory of a client that follows a scan',
    method: `Clients connect to one API process, read the snapshot of a scan of ${TYPES} types and stay; they read whatever comes. *KiB each* is the resident memory of the process beyond what it had with ${WARM_UP} earlier clients, by their number. ${seeds} run${seeds === 1 ? '' : 's'}, each of a freshly started process; medians, with minimum and maximum in brackets.`,
    rows: STEPS.map((readers, index) => ({
      clients: readers,
      'resident, MiB': formatSpread(
        of(readers).map(({ rssMb: value }) => value),
        0,
      ),
      'KiB each': formatSpread(each[index] ?? [], 1),
    })),
    plots: [],
    findings: `* Goal (at most ${GOAL_KIB} KiB for each client): ${worst <= GOAL_KIB ? 'reached' : '**not reached**'} (${worst.toFixed(1)} KiB at most).\n* Buffers of the kernel are not part of it.`,
  }
}
