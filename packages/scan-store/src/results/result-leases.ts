import type { Redis } from 'ioredis'
import { z } from 'zod'
import { batchCalls } from '@capstan/redis/join-calls'
import type { RedisKeys } from '@capstan/redis/keys'
import { defineLuaScript } from '@capstan/redis/lua-script'
import { WORKER_TIMEOUT_MS } from '../workers/heartbeat.ts'
import { parseStoredJson } from './parse-text.ts'
import { StoredResult } from '@capstan/shared/contract/stored-result'
import { UnfinishedAnswer } from './unfinished-answer.ts'

export type ResultLeaseOutcome =
  /** Pay and renew, then put or release. `unfinished`: what was paid before, to go on from. */
  | { outcome: 'acquired'; unfinished?: UnfinishedAnswer }
  /** Another start is paying for `scanId`; after `retryAfterMs` its lease may be taken over should its worker be gone. */
  | { outcome: 'held'; scanId: string; retryAfterMs: number }
  | { outcome: 'stored'; result: StoredResult }

/** One start of one job. */
export interface ResultLeaseOwner {
  /** Of this start alone. */
  id: string
  /** Its lease may be taken over when the heartbeat of this worker is gone ... */
  worker: string
  /** ... or when this scan is over. */
  scanId: string
}

export interface HeldResultLease {
  contentKey: string
  owner: ResultLeaseOwner
}

/** The right to pay for the answer to a content key, of one start at a time. */
export interface ResultLeases {
  /**
   * The answer, or the right to pay for it, which lasts 15 s unless it is renewed. `onlyOf`: answers of other scans do not
   * count (mode `full`). A lease is taken over only when the worker of its owner has been silent for 17 s and the lease is past
   * its time, or when the scan of its owner is over; not within 10 s after a gap in the heartbeats of all workers, as a stall
   * of Redis leaves behind. An owner may ask again.
   */
  lease(
    contentKey: string,
    owner: ResultLeaseOwner,
    options?: { onlyOf?: string | undefined },
  ): Promise<ResultLeaseOutcome>
  /** Makes leases last 15 s from now, also late ones. False for each that another owner has taken over, or that was released. */
  renew(leases: HeldResultLease[]): Promise<boolean[]>
  release(contentKey: string, owner: ResultLeaseOwner): Promise<void>
}

/** A lease that is not renewed for so long ends with the heartbeat of its worker. */
const LEASE_MS = 15_000
/** A holder that lives may renew so late: longer than its calls and an outage of Redis that it waits out together. */
const KEPT_MS = 600_000
/** Commands of a few hundred bytes each. */
const MOST_JOINED = 50

const held = new URL('./held-lease.lua', import.meta.url)
const scripts = {
  lease: defineLuaScript(new URL('./lease.lua', import.meta.url), held),
  renew: defineLuaScript(new URL('./renew.lua', import.meta.url)),
  release: defineLuaScript(new URL('./release.lua', import.meta.url)),
}

interface ResultLeaseRequest {
  contentKey: string
  owner: ResultLeaseOwner
  onlyOf: string
}

const LeaseReply = z.union([
  z.tuple([z.literal('acquired'), z.string()]),
  z.tuple([z.literal('held'), z.string(), z.int()]),
  z.tuple([z.literal('stored'), z.string()]),
])
type LeaseReply = z.infer<typeof LeaseReply>

const LeaseReplies = z.array(z.array(z.unknown()))
const RenewReplies = z.array(z.int())

/** The leases over one Redis connection, which stays the caller's. Those that are asked for while a step is under way go to Redis as the next one. */
export function openResultLeases(redis: Redis, keys: RedisKeys): ResultLeases {
  const alive = [keys.workers, keys.workersSteady, keys.activeScans]
  const lease = batchCalls(MOST_JOINED, async (_: string, asked: ResultLeaseRequest[]) => {
    const names = asked.flatMap(({ contentKey }) => [
      keys.result(contentKey),
      keys.resultLease(contentKey),
      keys.unfinishedAnswer(contentKey),
    ])
    const args = asked.flatMap(({ owner, onlyOf }) => [
      owner.id,
      owner.worker,
      owner.scanId,
      onlyOf,
    ])
    const times = [WORKER_TIMEOUT_MS, LEASE_MS, KEPT_MS]
    const replies = await scripts.lease.run(redis, [...alive, ...names], [...times, ...args])
    return LeaseReplies.parse(replies).map(asLeaseReply)
  })
  const take = async (request: ResultLeaseRequest): Promise<ResultLeaseOutcome> => {
    const taken = asLease(await lease('lease', request), request.onlyOf)
    if (taken) return taken
    // An entry of an older shape: it can only be paid for again.
    await redis.del(keys.result(request.contentKey))
    return take(request)
  }
  return {
    lease: (contentKey, owner, { onlyOf = '' } = {}) => take({ contentKey, owner, onlyOf }),
    renew: async (leases) => {
      if (leases.length === 0) return []
      const names = leases.map(({ contentKey }) => keys.resultLease(contentKey))
      const owners = leases.map(({ owner }) => owner.id)
      const replies = await scripts.renew.run(redis, names, [LEASE_MS, KEPT_MS, ...owners])
      return RenewReplies.parse(replies).map((renewed) => renewed === 1)
    },
    release: async (contentKey, owner) => {
      await scripts.release.run(redis, [keys.resultLease(contentKey)], [owner.id])
    },
  }
}

/** The usual reply is known by its first words: trying each shape in turn shows in the profile of short jobs. */
function asLeaseReply(reply: unknown[]): LeaseReply {
  return reply[0] === 'acquired' && reply[1] === '' ? ['acquired', ''] : LeaseReply.parse(reply)
}

/** Undefined when what is stored cannot be read. */
function asLease(reply: LeaseReply, onlyOf: string): ResultLeaseOutcome | undefined {
  switch (reply[0]) {
    case 'acquired': {
      const unfinished = parseStoredJson(UnfinishedAnswer, reply[1])
      const isUsable = unfinished && (onlyOf === '' || unfinished.scanId === onlyOf)
      return { outcome: 'acquired', ...(isUsable ? { unfinished } : {}) }
    }
    case 'held':
      return { outcome: 'held', scanId: reply[1], retryAfterMs: reply[2] }
    case 'stored': {
      const result = parseStoredJson(StoredResult, reply[1])
      return result && { outcome: 'stored', result }
    }
  }
}
