import type { BenchmarkPage } from './report/write-page.ts'
import type { Row } from './report/table.ts'

/** Where a scenario runs, and whom it tells. */
export interface Lab {
  redisUrl: string
  /** One line of progress, for people. */
  tell(line: string): void
  /** One finished run, as a line of JSON. */
  record(run: Row): void
  /** Ends the scenario early. */
  signal: AbortSignal
}

/** One question about speed and the runs that answer it. */
export interface Scenario {
  name: string
  /** For the list of scenarios: what is compared with what, and how long it takes. */
  summary: string
  /** How many seeds it plays when none are asked for. */
  seeds: number
  /** Plays every seed and answers the page. Throws when the stack does not start. */
  run(lab: Lab, seeds: number[]): Promise<Omit<BenchmarkPage, 'name' | 'command'>>
}
