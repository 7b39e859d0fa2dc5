import type { RouteEvent } from '@capstan/scan-store/reconcile/subscribe-to-route-events'

type RouteListener = (event: RouteEvent) => void

/** Publishes BullMQ events of routes to the readers in this process. */
export interface RouteEvents {
  publish(event: RouteEvent): void
  /** Returns a function that unsubscribes. */
  subscribe(listener: RouteListener): () => void
}

export function openRouteEvents(): RouteEvents {
  const listeners = new Set<RouteListener>()
  return {
    publish: (event) => {
      for (const listener of listeners) listener(event)
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
