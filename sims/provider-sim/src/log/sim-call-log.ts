import { closeSync, openSync, writeSync } from 'node:fs'
import type { CallRecord } from '../call/call-record.ts'
import type { LimitChange } from '../config/limits-config.ts'
import type { SimConfig } from '../sim-config.ts'

/** JSONL file of all decisions: `started`, `call` (at its end), `changed`. It never contains a key. */
export class SimCallLog {
  #file: number | undefined

  constructor(config: SimConfig) {
    if (config.logFile === undefined) return
    this.#file = openSync(config.logFile, 'a')
    this.#write({ event: 'started', atMs: Date.now(), config: removeKeys(config) })
  }

  ended(call: CallRecord): void {
    this.#write({ event: 'call', ...call })
  }

  changed(change: LimitChange): void {
    this.#write({ event: 'changed', atMs: Date.now(), change })
  }

  /** Writes the running calls in their current state and closes the file. */
  close(running: CallRecord[]): void {
    for (const call of running) this.ended(call)
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }

  // Synchronous, so that lines are complete even after SIGKILL; a line takes microseconds.
  #write(line: object): void {
    if (this.#file !== undefined) writeSync(this.#file, `${JSON.stringify(line)}\n`)
  }
}

/** The configuration without secrets: accounts by name, keys by number. */
export function removeKeys(config: SimConfig): object {
  return {
    ...config,
    keys: config.keys.length,
    accounts: config.accounts.map((account) => ({ ...account, keys: account.keys.length })),
  }
}
