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

/** The form of a condition reason. Other text is not shown. */
const VALID_REASON = /^[A-Za-z]{1,60}$/

/** Groups of aggregated API servers in a list of API services (parsed JSON). Throws if it is not such a list. */
export function parseApiServices(json: unknown): RegisteredGroup[] {
  const { items } = ApiServices.parse(json)
  // Groups of the API server itself are registered too, without a service.
  const aggregated = items.filter(({ spec }) => spec.service)
  const byGroup = Map.groupBy(aggregated, ({ spec }) => spec.group)
  return [...byGroup].map(([group, services]) => ({
    group,
    outage: services.map(findOutage).find((outage) => outage !== undefined),
  }))
}

function findOutage({ status }: ApiService): string | undefined {
  const available = status?.conditions?.find(({ type }) => type === 'Available')
  if (available?.status === 'True') return undefined
  const reason = available?.reason ?? ''
  return VALID_REASON.test(reason) ? reason : 'not available'
}
