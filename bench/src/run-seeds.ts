import type { Cell } from './report/table.ts'
import type { Lab } from './scenario.ts'

/** Makes one run per seed, one after another. Each is recorded, and logged with `describe`. */
export async function runSeeds<Run extends Record<keyof Run, Cell>>(
  lab: Lab,
  seeds: number[],
  runOnce: (seed: number) => Promise<Run>,
  describe: (run: Run) => string,
): Promise<Run[]> {
  const runs: Run[] = []
  for (const seed of seeds) {
    lab.signal.throwIfAborted()
    const run = await runOnce(seed)
    lab.record({ ...run })
    lab.log(`seed ${seed}: ${describe(run)}`)
    runs.push(run)
  }
  return runs
}
