import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeCrdFolder } from '@capstan/testkit/crd-folder'
import type { Row } from '../report/table.ts'
import type { Lab } from '../scenario.ts'
import type { BenchCase, CaseRun } from './bench-case.ts'
import { runCase } from './run-case.ts'

/** Runs every case with every seed, one after another, and records each run. */
export async function runCases(lab: Lab, cases: BenchCase[], seeds: number[]): Promise<CaseRun[]> {
  const runs: CaseRun[] = []
  const folder = await mkdtemp(join(tmpdir(), 'capstan-bench-types-'))
  try {
    for (const seed of seeds) {
      for (const one of cases) {
        lab.signal.throwIfAborted()
        lab.log(`seed ${seed}, ${one.name} …`)
        const cluster = await createCluster(folder, one.types)
        const run = await runCase(lab, one, { cluster, seed })
        lab.record(recordOf(run))
        lab.log(`seed ${seed}, ${one.name}: ${(run.makespanMs / 1000).toFixed(1)} s`)
        runs.push(run)
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return runs
}

async function createCluster(folder: string, types: BenchCase['types']): Promise<string> {
  if (types === 'demo') return 'demo'
  const cluster = join(folder, String(types))
  await writeCrdFolder(cluster, types)
  return cluster
}

function recordOf({ case: one, calls, ...figures }: CaseRun): Row {
  return {
    case: one.name,
    workers: one.workers,
    slots: one.slots,
    ...figures,
    calls: calls.length,
  }
}
