import { closeSync, openSync, writeSync } from 'node:fs'
import type { CallRecord } from '../call/call-record.ts'
import type { LimitChange } from '../config/limits-config.ts'
import type { SimConfig } from '../sim-config.ts'

/** JSONL file of everything that was decided: `started`, `call` (when it ends), `changed`. Never a key. */
export class CallLog {
  #file: number | undefined

  constructor(config: SimConfig) {
    if (config.logFile === undefined) return
    this.#file = openSync(config.logFile, 'a')
    this.#write({ event: 'started', atMs: Date.now(), config: withoutKeys(config) })
  }

  ended(call: CallRecord): void {
    this.#write({ event: 'call', ...call })
  }

  changed(change: LimitChange): void {
    this.#write({ event: 'changed', atMs: Date.now(), change })
  }

  /** Writes the calls that still run, as they are, and closes the file. */
  close(running: CallRecord[]): void {
    for (const call of running) this.ended(call)
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }

  // Synchronous, so that a line is whole even when the process is killed; a line takes microseconds.
  #write(line: object): void {
    if (this.#file !== undefined) writeSync(this.#file, `${JSON.stringify(line)}\n`)
  }
}

/** The configuration as it may be shown: accounts by name, keys by number. */
export function withoutKeys(config: SimConfig): object {
  return {
    ...config,
    keys: config.keys.length,
    accounts: config.accounts.map((account) => ({ ...account, keys: account.keys.length })),
  }
}
