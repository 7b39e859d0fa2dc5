import { Counter, Histogram } from '@prometheus-io/client'
import { resolveRoute, buildRouteQueueName, type Route } from '@capstan/scan-store/routes/route'

/** Label of models that have no route now: scans may name any model, and each series is kept in memory. */
const OTHER = 'other'

type ModelLabels = { provider: string; model: string }

/** Which models have series of their own: those of open routes and of fallback models. */
export interface ModelSeries {
  /** The labels of a call or a type. */
  labels(route: Route): ModelLabels
  add(route: Route): void
  /** Moves what was counted of a closed route to `other`; its histograms are dropped. */
  drop(route: Route): Promise<void>
}

interface ModelMetrics {
  /** With the labels provider and model among others. */
  counters: Counter<string>[]
  /** With exactly the labels provider and model. */
  histograms: Histogram<'provider' | 'model'>[]
}

export function openModelSeries({ counters, histograms }: ModelMetrics): ModelSeries {
  const known = new Set<string>()
  const nameOf = ({ provider, model }: Route): string =>
    buildRouteQueueName(resolveRoute(provider, model))
  return {
    labels: (route) => ({
      provider: route.provider,
      model: known.has(nameOf(route)) ? resolveRoute(route.provider, route.model).model : OTHER,
    }),
    add: (route) => known.add(nameOf(route)),
    drop: async (route) => {
      known.delete(nameOf(route))
      const labels = resolveRoute(route.provider, route.model)
      for (const counter of counters) await moveToOther(counter, labels)
      for (const histogram of histograms) histogram.remove({ ...labels })
    },
  }
}

async function moveToOther(counter: Counter<string>, { provider, model }: Route): Promise<void> {
  const { values } = await counter.get()
  for (const { labels, value } of values) {
    if (labels['provider'] !== provider || labels['model'] !== model) continue
    counter.inc({ ...labels, model: OTHER }, value)
    counter.remove(labels)
  }
}
