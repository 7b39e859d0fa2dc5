import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { Capability } from '@capstan/shared/contract/capability'
import type { RedisKeys } from '@capstan/redis/keys'
import { startTimeSlice } from '@capstan/shared/async/time-slice'
import { parseRow } from '../catalog-rows.ts'

const Change = z.tuple([z.string(), z.string()])
type Change = z.infer<typeof Change>
/** Rows in one round trip. */
const FETCH_CHUNK = 200

export interface RowListener {
  set(id: string, row: Capability): void
  delete(id: string): void
  clear(): void
}

/** Passes all rows to a listener, and then, with each catch-up, the rows that changed since the last one. */
export class RowFollower {
  readonly #redis: Redis
  readonly #keys: RedisKeys
  readonly #listener: RowListener
  #generation = 0
  #catchingUp: Promise<void> | undefined
  #nextRun: Promise<void> | undefined

  constructor(redis: Redis, keys: RedisKeys, listener: RowListener) {
    this.#redis = redis
    this.#keys = keys
    this.#listener = listener
  }

  /** Concurrent callers share a run, but never one that began before their call: it could miss their own write. */
  async catchUp(): Promise<void> {
    if (!this.#catchingUp) {
      this.#catchingUp = this.#applyChanges().finally(() => (this.#catchingUp = undefined))
      return this.#catchingUp
    }
    this.#nextRun ??= this.#catchingUp
      .catch(() => undefined) // its own callers receive the error
      .then(() => {
        this.#nextRun = undefined
        return this.catchUp()
      })
    return this.#nextRun
  }

  async reset(): Promise<void> {
    await this.catchUp()
    this.#listener.clear()
    this.#generation = 0
    await this.catchUp()
  }

  async #applyChanges(): Promise<void> {
    const generation = Number((await this.#redis.get(this.#keys.catalogGeneration)) ?? 0)
    // A smaller generation: Redis was restored or emptied, so the rows known here are void.
    if (generation < this.#generation) {
      this.#listener.clear()
      this.#generation = 0
    }
    if (generation === this.#generation) return
    const changed = await this.#redis.zrangebyscore(
      this.#keys.catalogChanges,
      `(${this.#generation}`,
      generation,
    )
    for (let start = 0; start < changed.length; start += FETCH_CHUNK) {
      const chunk = changed.slice(start, start + FETCH_CHUNK)
      await this.#fetch(chunk.map((text) => Change.parse(JSON.parse(text))))
    }
    this.#generation = generation
  }

  async #fetch(changes: Change[]): Promise<void> {
    for (const [cluster, pairs] of Map.groupBy(changes, ([name]) => name)) {
      const resources = pairs.map(([, resource]) => resource)
      const rows = await this.#redis.hmget(this.#keys.capabilities(cluster), ...resources)
      const slice = startTimeSlice()
      for (const [position, resource] of resources.entries()) {
        this.#apply(`${cluster}|${resource}`, rows[position] ?? null)
        if (slice.isOver) await slice.next()
      }
    }
  }

  #apply(id: string, text: string | null): void {
    const [row] = parseRow(text)
    if (row) this.#listener.set(id, row)
    else this.#listener.delete(id)
  }
}
