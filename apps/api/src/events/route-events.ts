import type { RouteEvent } from '@capstan/scan-store/reconcile/follow-route-events'

type RouteListener = (event: RouteEvent) => void

/** What BullMQ's events of routes say, for the readers of this process. */
export interface RouteEvents {
  publish(event: RouteEvent): void
  /** Returns what ends the subscription. */
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
