import type { Redis } from 'ioredis'
import type { RedisKeys } from '@capstan/redis/keys'
import { resolveRoute, buildRouteQueueName, type Route } from '../routes/route.ts'
import { openInferQueue, type InferQueue } from './infer-queue.ts'

/** The queues of routes as one process uses them: opened on first use, all on one connection. */
export interface RouteQueues {
  /** The queue of a provider and model. */
  get(route: Route): InferQueue
  /** A queue by its name in the route registry. */
  getByName(name: string): InferQueue
  /** Forgets queues that are not among these names; their keys in Redis stay. */
  keepOnly(names: Iterable<string>): Promise<void>
  close(): Promise<void>
}

/** Opens no connection of its own; `connection` stays the caller's. */
export function openRouteQueues(connection: Redis, keys: RedisKeys): RouteQueues {
  const opened = new Map<string, InferQueue>()
  const named = (name: string): InferQueue => {
    const queue = opened.get(name) ?? openInferQueue(connection, keys, name)
    opened.set(name, queue)
    return queue
  }
  const forget = async (names: string[]): Promise<void> => {
    const queues = names.flatMap((name) => opened.get(name) ?? [])
    for (const name of names) opened.delete(name)
    await Promise.all(queues.map((queue) => queue.close()))
  }
  return {
    get: ({ provider, model }) => named(buildRouteQueueName(resolveRoute(provider, model))),
    getByName: named,
    keepOnly: async (names) => {
      const kept = new Set(names)
      await forget([...opened.keys()].filter((name) => !kept.has(name)))
    },
    close: () => forget([...opened.keys()]),
  }
}
