import { z } from 'zod'
import { Provider } from '../provider.ts'
import { EndpointProblem } from '../worker-status.ts'
import { AccountView } from './account-view.ts'

/** A model provider, as announced by the workers. */
export const ProviderView = z.object({
  id: Provider,
  configured: z.boolean().describe('Whether a live worker serves it.'),
  default: z.boolean().describe('Whether scans without a provider use it.'),
  demo: z.boolean().describe('Whether its answers are rule-based, without a model.'),
  models: z.array(z.string()).describe('Models of scans without a model.'),
  endpoints: z.array(z.string()).describe('Base URLs of the workers, without those of the vendor.'),
  problem: EndpointProblem.nullable().describe(
    'Known fault of its base URL or default model, and the setting to change; null if there is none.',
  ),
  workers: z.int().describe('Number of live workers that serve it.'),
  fallback: z.array(z.string()).describe('Fallback models during an outage, in order.'),
  accounts: z
    .array(AccountView)
    .describe(
      'Its accounts and their limits: each with its default model, with the models of live routes, and with every paused model. At most 200 over all providers.',
    ),
})
export type ProviderView = z.infer<typeof ProviderView>
