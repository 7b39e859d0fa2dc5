import type { Redis } from 'ioredis'
import { z } from 'zod'
import { batchCalls } from '@capstan/redis/batch-calls'
import type { RedisKeys } from '@capstan/redis/keys'
import { defineLuaScript } from '@capstan/redis/lua-script'
import { WORKER_TIMEOUT_MS } from '../workers/heartbeat.ts'
import { parseStoredJson } from './parse-stored-json.ts'
import { StoredResult } from '@capstan/shared/contract/stored-result'
import { UnfinishedAnswer } from './unfinished-answer.ts'

export type ResultLeaseOutcome =
  /** The caller pays and renews the lease, then calls put or release. `unfinished`: a paid answer to continue from. */
  | { outcome: 'acquired'; unfinished?: UnfinishedAnswer }
  /** Another attempt pays, for `scanId`. After `retryAfterMs` its lease may be taken over if its worker is gone. */
  | { outcome: 'held'; scanId: string; retryAfterMs: number }
  | { outcome: 'stored'; result: StoredResult }

/** One attempt of one job. */
export interface ResultLeaseOwner {
  /** Unique to this attempt. */
  id: string
  /** The lease may be taken over when this worker has timed out, */
  worker: string
  /** or when this scan has ended. */
  scanId: string
}

export interface HeldResultLease {
  contentKey: string
  owner: ResultLeaseOwner
}

/** Leases of content keys: one attempt at a time may pay for the answer. */
export interface ResultLeases {
  /**
   * Returns the stored answer, or acquires the lease, which lasts 15 s unless it is renewed. `onlyOf`: ignore answers of other
   * scans (mode `full`). A lease is taken over only if it has ended and the worker of its owner sent no heartbeat for 17 s, or
   * if the scan of its owner has ended. It is not taken over within 10 s after a gap in the heartbeats of all workers, which a
   * stall of Redis causes. An owner may call it again.
   */
  lease(
    contentKey: string,
    owner: ResultLeaseOwner,
    options?: { onlyOf?: string | undefined },
  ): Promise<ResultLeaseOutcome>
  /** Extends leases to 15 s from now, also leases past their end. False for each that was taken over or released. */
  renew(leases: HeldResultLease[]): Promise<boolean[]>
  release(contentKey: string, owner: ResultLeaseOwner): Promise<void>
}

/** A lease that is not renewed for this long may be taken over once its worker has timed out. */
const LEASE_MS = 15_000
/** TTL of the key. A live holder may renew this late: longer than its calls and an outage of Redis together. */
const KEPT_MS = 600_000
/** Commands of a few hundred bytes each. */
const MAX_ITEMS = 50

const findHolder = new URL('./lua/find-holder.lua', import.meta.url)
const scripts = {
  lease: defineLuaScript(new URL('./lua/acquire-leases.lua', import.meta.url), findHolder),
  renew: defineLuaScript(new URL('./lua/renew-leases.lua', import.meta.url)),
  release: defineLuaScript(new URL('./lua/release-leases.lua', import.meta.url)),
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

/** Opens the leases over one Redis connection. The caller owns the connection. Concurrent `lease` calls share one script call. */
export function openResultLeases(redis: Redis, keys: RedisKeys): ResultLeases {
  const alive = [keys.workers, keys.workersSteady, keys.activeScans]
  const lease = batchCalls(MAX_ITEMS, async (_: string, requests: ResultLeaseRequest[]) => {
    const names = requests.flatMap(({ contentKey }) => [
      keys.result(contentKey),
      keys.resultLease(contentKey),
      keys.unfinishedAnswer(contentKey),
    ])
    const args = requests.flatMap(({ owner, onlyOf }) => [
      owner.id,
      owner.worker,
      owner.scanId,
      onlyOf,
    ])
    const times = [WORKER_TIMEOUT_MS, LEASE_MS, KEPT_MS]
    const replies = await scripts.lease.run(redis, [...alive, ...names], [...times, ...args])
    return LeaseReplies.parse(replies).map(asLeaseReply)
  })
  const acquire = async (request: ResultLeaseRequest): Promise<ResultLeaseOutcome> => {
    const outcome = asLease(await lease('lease', request), request.onlyOf)
    if (outcome) return outcome
    // The stored answer has an unknown format, so it is paid for again.
    await redis.del(keys.result(request.contentKey))
    return acquire(request)
  }
  return {
    lease: (contentKey, owner, { onlyOf = '' } = {}) => acquire({ contentKey, owner, onlyOf }),
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

/** The most frequent reply is recognized directly; parsing the union is visible in the profile of short jobs. */
function asLeaseReply(reply: unknown[]): LeaseReply {
  return reply[0] === 'acquired' && reply[1] === '' ? ['acquired', ''] : LeaseReply.parse(reply)
}

/** Undefined when the stored answer cannot be parsed. */
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
