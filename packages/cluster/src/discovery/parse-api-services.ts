import { z } from 'zod'
import { listItems } from '../kube/list-items.ts'
import type { RegisteredGroup } from './registered-group.ts'

const ApiServices = z.object({
  items: listItems(
    z.object({
      spec: z.object({ group: z.string().default(''), service: z.looseObject({}).nullish() }),
      status: z
        .object({
          conditions: z
            .array(
              z.object({ type: z.string(), status: z.string(), reason: z.string().default('') }),
            )
            .nullish(),
        })
        .nullish(),
    }),
  ),
})
type ApiService = z.infer<typeof ApiServices>['items'][number]

/** Reasons are words made by a machine; anything else is no text to show. */
const SANE_REASON = /^[A-Za-z]{1,60}$/

/** Groups that another server serves, out of a list of API services (parsed JSON). Throws when it is none. */
export function parseApiServices(json: unknown): RegisteredGroup[] {
  const { items } = ApiServices.parse(json)
  // What the API server serves itself (built-in types and CRDs) is registered as well, and never in doubt.
  const others = items.filter(({ spec }) => spec.service)
  const byGroup = Map.groupBy(others, ({ spec }) => spec.group)
  return [...byGroup].map(([group, services]) => ({
    group,
    outage: services.map(outageOf).find((outage) => outage !== undefined),
  }))
}

function outageOf({ status }: ApiService): string | undefined {
  const available = status?.conditions?.find(({ type }) => type === 'Available')
  if (available?.status === 'True') return undefined
  const reason = available?.reason ?? ''
  return SANE_REASON.test(reason) ? reason : 'not available'
}
