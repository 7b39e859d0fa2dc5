import { Counter, Histogram } from '@prometheus-io/client'
import { resolveRoute, buildRouteQueueName, type Route } from '@capstan/scan-store/routes/route'

/** Label of models without a live route: scans may name any model, and each series uses memory. */
const OTHER = 'other'

type ModelLabels = { provider: string; model: string }

/** The models with series of their own: those of open routes and fallback models. */
export interface ModelSeries {
  /** The labels for a route. */
  labels(route: Route): ModelLabels
  add(route: Route): void
  /** Moves the counts of a closed route to `other` and drops its histograms. */
  drop(route: Route): Promise<void>
}

interface ModelMetrics {
  /** Labels include provider and model. */
  counters: Counter<string>[]
  /** Labels are exactly provider and model. */
  histograms: Histogram<'provider' | 'model'>[]
}

export function openModelSeries({ counters, histograms }: ModelMetrics): ModelSeries {
  const known = new Set<string>()
  const formatName = ({ provider, model }: Route): string =>
    buildRouteQueueName(resolveRoute(provider, model))
  return {
    labels: (route) => ({
      provider: route.provider,
      model: known.has(formatName(route)) ? resolveRoute(route.provider, route.model).model : OTHER,
    }),
    add: (route) => known.add(formatName(route)),
    drop: async (route) => {
      known.delete(formatName(route))
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
