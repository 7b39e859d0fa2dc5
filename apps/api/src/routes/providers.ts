import { z } from 'zod'
import { PROVIDERS } from '@capstan/shared/contract/scan'
import { AppError } from '@capstan/shared/errors'
import type { App } from '../app-types.ts'
import { listProviders, ProviderView, type ProviderDeps } from '../limits/list-providers.ts'

/** Who can answer, and what their accounts may do now. */
export function providerRoutes(app: App, deps: ProviderDeps): void {
  app.get(
    '/providers',
    {
      config: { access: 'read' },
      schema: {
        tags: ['queue'],
        summary: 'List the model providers',
        response: { 200: z.object({ data: z.array(ProviderView) }) },
      },
    },
    async () => ({ data: await listProviders(deps) }),
  )

  app.get(
    '/providers/:id',
    {
      config: { access: 'read' },
      schema: {
        tags: ['queue'],
        summary: 'Read one model provider',
        params: z.object({ id: z.string().max(100) }),
        response: { 200: ProviderView },
      },
    },
    async ({ params }) => {
      const found = (await listProviders(deps)).find(({ id }) => id === params.id)
      if (found) return found
      const hint = `There are: ${PROVIDERS.join(', ')}.`
      throw new AppError('NOT_FOUND', 'There is no such provider', { hint })
    },
  )
}
