import type { Vendor } from '../wires/wire.ts'

/** One request line of a batch. */
export interface BatchRequest {
  customId: string
  /** Path of the endpoint, such as `/v1/messages`. */
  path: string
  body: unknown
}

/** Result of one request. */
export type BatchOutcome =
  | { type: 'succeeded'; body: unknown }
  | { type: 'errored'; status: number; body: unknown }
  | { type: 'canceled' }
  | { type: 'expired' }

export interface Batch {
  id: string
  vendor: Vendor['name']
  account: string
  requests: BatchRequest[]
  /** Simulated ms. */
  createdAtSimMs: number
  /** Wall clock. */
  createdAtMs: number
  /** Simulated ms; undefined unless the batch was canceled. */
  canceledAtSimMs: number | undefined
  /** One per request, in order; undefined until the batch has ended. */
  outcomes: BatchOutcome[] | undefined
  metadata: Record<string, string> | null
  inputFileId: string
}

export interface SimFile {
  id: string
  account: string
  name: string
  purpose: string
  text: string
  createdAtMs: number
}

/** The batches and files of all accounts. Each account sees only its own. */
export class Batches {
  readonly #batches = new Map<string, Batch>()
  readonly #files = new Map<string, SimFile>()

  add(batch: Batch): void {
    this.#batches.set(batch.id, batch)
  }

  find(account: string, id: string): Batch | undefined {
    const batch = this.#batches.get(id)
    return batch?.account === account ? batch : undefined
  }

  /** Newest first. */
  of(account: string, vendor: Vendor['name']): Batch[] {
    return [...this.#batches.values()]
      .filter((batch) => batch.account === account && batch.vendor === vendor)
      .toReversed()
  }

  addFile(file: SimFile): void {
    this.#files.set(file.id, file)
  }

  findFile(account: string, id: string): SimFile | undefined {
    const file = this.#files.get(id)
    return file?.account === account ? file : undefined
  }
}
