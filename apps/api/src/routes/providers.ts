import { z } from 'zod'
import { DayView } from '@capstan/shared/contract/day'
import { PROVIDERS } from '@capstan/shared/contract/provider-names'
import { Provider } from '@capstan/shared/contract/provider'
import { AppError } from '@capstan/shared/errors'
import type { App } from '../app-types.ts'
import type { ApiDeps } from '../deps.ts'
import {
  endPauses,
  EndedPause,
  PauseSelection,
  type EndPausesDeps,
} from '../providers/end-pauses.ts'
import { listProviders, ProviderView, type ProviderDeps } from '../providers/list-providers.ts'
import { EmbeddingsView, readEmbeddings } from '../providers/read-embeddings.ts'
import { today } from '../providers/read-daily-budget.ts'
import { ProviderTest, ProviderTested, testProvider } from '../providers/test-provider.ts'

const ProviderList = z.object({
  data: z.array(ProviderView),
  embeddings: EmbeddingsView.nullable().describe('Null: the search goes by built-in features.'),
  today: DayView.describe('What all scans together have spent today (UTC), and what they may.'),
})
const ProviderParams = z.object({ id: z.string().max(100) })

type RouteDeps = ProviderDeps & EndPausesDeps & Pick<ApiDeps, 'log'>

/**
 * Who can answer, what their accounts may do now, and whether a key works; ends their pauses. Who waits for a check of a
 * key is answered at once when `closing` fires.
 */
export function providerRoutes(app: App, deps: RouteDeps, closing: AbortSignal): void {
  app.get(
    '/providers',
    {
      config: { access: 'read' },
      schema: {
        tags: ['queue'],
        summary: 'List the model providers',
        response: { 200: ProviderList },
      },
    },
    async () => {
      const [data, embeddings, spent] = await Promise.all([
        listProviders(deps),
        readEmbeddings(deps),
        today(deps),
      ])
      return { data, embeddings, today: spent }
    },
  )

  app.get(
    '/providers/:id',
    {
      config: { access: 'read' },
      schema: {
        tags: ['queue'],
        summary: 'Read one model provider',
        params: ProviderParams,
        response: { 200: ProviderView },
      },
    },
    async ({ params }) => {
      const found = (await listProviders(deps)).find(({ id }) => id === params.id)
      if (found) return found
      throw noSuchProvider()
    },
  )
  testRoute(app, deps, closing)
  resumeRoute(app, deps)
}

function testRoute(app: App, deps: ProviderDeps, closing: AbortSignal): void {
  app.post(
    '/providers/:id/test',
    {
      // It costs one call, so it takes what a scan takes.
      config: { access: 'scan' },
      schema: {
        tags: ['queue'],
        summary: 'Try key and model of a provider with one call as a scan makes it',
        description:
          'A worker asks about a sample definition: the real prompt and form, under the limits and the circuit breaker of its ' +
          'account. It costs as much as one type, about 1,500 tokens. Waits up to 20 s for admission and then as long as a call ' +
          'may take (CAPSTAN_CALL_TIMEOUT_MS), because a local model may have to be loaded first. `ok` is false when the answer ' +
          'is not valid; `faults` says why. 502: PROVIDER_AUTH, PROVIDER_QUOTA, PROVIDER_MODEL_UNKNOWN or PROVIDER_UNAVAILABLE ' +
          'with the words of the provider, `reason`, `kind` and, in `hint`, what to check.',
        params: ProviderParams,
        body: ProviderTest.nullish(),
        response: { 200: ProviderTested },
      },
    },
    async ({ params, body, signal, raw }) => {
      const { success, data } = Provider.safeParse(params.id)
      if (!success) throw noSuchProvider()
      // A call may take longer than a connection may be silent; the check ends by itself.
      raw.setTimeout(0)
      return testProvider(deps, data, body ?? {}, AbortSignal.any([signal, closing]))
    },
  )
}

function resumeRoute(app: App, deps: RouteDeps): void {
  app.post(
    '/providers/:id/resume',
    {
      config: { access: 'scan' },
      schema: {
        tags: ['queue'],
        summary: 'End pauses and open circuit breakers of a provider early',
        description:
          'Calls start at once; a provider that still refuses them pauses its account again. Answers what was ended, ' +
          'nothing when nothing was paused.',
        params: ProviderParams,
        body: PauseSelection.nullish(),
        response: { 200: z.object({ data: z.array(EndedPause) }) },
      },
    },
    async ({ params, body, principal }) => {
      const { success, data: provider } = Provider.safeParse(params.id)
      if (!success) throw noSuchProvider()
      const selection = body ?? {}
      const data = await endPauses(deps, provider, selection)
      const by = principal?.name ?? 'local'
      deps.log.info(
        { provider, ...selection, ended: data.length, by },
        'pauses of a provider ended',
      )
      return { data }
    },
  )
}

function noSuchProvider(): AppError {
  const hint = `There are: ${PROVIDERS.join(', ')}.`
  return new AppError('NOT_FOUND', 'There is no such provider', { hint })
}
