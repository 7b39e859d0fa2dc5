import { WORKER_NODE_OPTIONS } from '@capstan/shared/config/node-options'
import { runEngine } from '../../engine/run-engine.ts'
import { computeMedian } from '../../measures/median.ts'
import { renderBarChart } from '../../report/bar-chart.ts'
import { formatSpread } from '../../report/spread.ts'
import type { BenchmarkPage } from '../../report/write-page.ts'
import type { Lab, Scenario } from '../../scenario.ts'
import { runWithCrds } from '../../stack/run-with-crds.ts'

interface MemoryRun {
  types: number
  seed: number
  peakRssMb: number
}

const SIZES = [100, 1_000, 10_000]
const FLAT_MB = 50

/** Whether the memory of a worker grows with the types of a scan. */
export const memory: Scenario = {
  name: 'memory',
  summary: 'peak memory of a worker on scans of 100, 1,000 and 10,000 types; 25 s a seed',
  seeds: 5,
  run: async (lab, seeds) => renderMemoryPage(await runAll(lab, seeds), seeds.length),
}

async function runAll(lab: Lab, seeds: number[]): Promise<MemoryRun[]> {
  const runs: MemoryRun[] = []
  for (const types of SIZES) {
    await runWithCrds(types, async (clusterFiles) => {
      for (const seed of seeds) {
        const plan = { redisUrl: lab.redisUrl, clusterFiles, types, workers: 1, concurrency: 50 }
        const { usage, failed } = await runEngine(plan, lab.signal)
        if (failed > 0) throw new Error(`${failed} types failed, so this measures something else`)
        const run = { types, seed, peakRssMb: usage.peakRssMb }
        lab.record(run)
        lab.log(`seed ${seed}, ${types} types: ${run.peakRssMb.toFixed(0)} MiB`)
        runs.push(run)
      }
    })
  }
  return runs
}

function renderMemoryPage(
  runs: MemoryRun[],
  seeds: number,
): Omit<BenchmarkPage, 'name' | 'command'> {
  const peaks = SIZES.map((types) => ({
    types,
    peaks: runs.flatMap((run) => (run.types === types ? [run.peakRssMb] : [])),
  }))
  const middles = peaks.map((one) => computeMedian(one.peaks))
  const growth = Math.max(...middles) - Math.min(...middles)
  return {
    title: 'Memory of a worker',
    method: `The most memory (resident, by the kernel's own high-water mark) that a freshly started worker process has held until its scan was sealed: rule-based answers, 50 types at a time. ${seeds} run${seeds === 1 ? '' : 's'} of each size; medians, with minimum and maximum in brackets. The definitions are small ones of one form; a worker holds as many as it works on, not as many as a scan has.`,
    rows: peaks.map((one) => ({ types: one.types, 'peak, MiB': formatSpread(one.peaks, 0) })),
    plots: [
      {
        file: 'memory-peak.svg',
        alt: 'Peak memory of a worker by the size of the scan',
        svg: renderBarChart({
          title: 'Peak memory of a worker (median)',
          unit: 'MiB',
          bars: peaks.map((one, index) => ({
            label: `${one.types} types`,
            parts: [middles[index] ?? 0],
          })),
        }),
      },
    ],
    findings: `* From the smallest median to the largest it is ${growth.toFixed(0)} MiB; the goal of flat (within ${FLAT_MB} MiB) is ${growth <= FLAT_MB ? 'reached' : '**not reached**'}.\n* Workers run with \`NODE_OPTIONS=${WORKER_NODE_OPTIONS}\`, as \`start\` and the compose file start them. By Node's own defaults the space of new objects grows to 128 MB and the old one much further before it is tidied: the same scans then took 161 MiB (100 types) and 327 MiB (10,000 types) at their peak (2026-11-24, one run each, on a busy machine). Most of that was garbage, for the same work fits into these bounds.\n* A peak shows what was held at one moment and not what is kept.`,
  }
}
