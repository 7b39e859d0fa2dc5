import type { BenchmarkPage } from './report/write-page.ts'
import type { Row } from './report/table.ts'

/** An embedding model behind an OpenAI-compatible server. */
export interface BenchEmbeddings {
  model: string
  dimensions: number
  /** Including /v1. */
  url: string
}

/** Environment and output of a scenario. */
export interface Lab {
  redisUrl: string
  /** Files of recorded clusters by name, from `--cluster`. */
  clusters: ReadonlyMap<string, string>
  /** From `--embeddings`. */
  embeddings: BenchEmbeddings | undefined
  /** Prints one line of progress. */
  log(line: string): void
  /** Records one finished run as a line of JSON. */
  record(run: Row): void
  /** Ends the scenario early. */
  signal: AbortSignal
}

/** One question about performance and the runs that answer it. */
export interface Scenario {
  name: string
  /** For the list of scenarios: the comparison and its duration. */
  summary: string
  /** Default number of seeds. */
  seeds: number
  /** Runs every seed and returns the page. Throws when the stack does not start. */
  run(lab: Lab, seeds: number[]): Promise<Omit<BenchmarkPage, 'name' | 'command'>>
}
