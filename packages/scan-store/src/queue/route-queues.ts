import type { Redis } from 'ioredis'
import type { RedisKeys } from '@capstan/redis/keys'
import { resolveRoute, buildRouteQueueName, type Route } from '../routes/route.ts'
import { openInferQueue, type InferQueue } from './infer-queue.ts'

/** The queues of routes in one process. Each queue is opened on first use; all share one connection. */
export interface RouteQueues {
  /** The queue of a provider and model. */
  get(route: Route): InferQueue
  /** A queue by its name in the route registry. */
  getByName(name: string): InferQueue
  /** Closes queues with other names. Their keys in Redis stay. */
  keepOnly(names: Iterable<string>): Promise<void>
  close(): Promise<void>
}

/** Uses `connection` for all queues. The caller owns it. */
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
