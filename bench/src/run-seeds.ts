import type { Cell } from './report/table.ts'
import type { Lab } from './scenario.ts'

/** One run a seed, one after another; each is recorded, and told in the words of `told`. */
export async function runSeeds<Run extends Record<keyof Run, Cell>>(
  lab: Lab,
  seeds: number[],
  play: (seed: number) => Promise<Run>,
  told: (run: Run) => string,
): Promise<Run[]> {
  const runs: Run[] = []
  for (const seed of seeds) {
    lab.signal.throwIfAborted()
    const run = await play(seed)
    lab.record({ ...run })
    lab.tell(`seed ${seed}: ${told(run)}`)
    runs.push(run)
  }
  return runs
}
