import { z } from 'zod'
import { PROVIDERS } from '@capstan/shared/contract/provider-names'
import { Provider } from '@capstan/shared/contract/provider'
import { EndedPause } from '@capstan/shared/contract/providers/ended-pause'
import { PauseSelection } from '@capstan/shared/contract/providers/pause-selection'
import { ProviderList } from '@capstan/shared/contract/providers/provider-list'
import { ProviderTestRequest } from '@capstan/shared/contract/providers/provider-test-request'
import { ProviderTestResult } from '@capstan/shared/contract/providers/provider-test-result'
import { ProviderView } from '@capstan/shared/contract/providers/provider-view'
import { AppError } from '@capstan/shared/errors'
import type { App } from '../app-types.ts'
import { auditRequest } from '../audit/audit-request.ts'
import type { ApiDeps } from '../deps.ts'
import { endPauses, type EndPausesDeps } from '../providers/end-pauses.ts'
import { listProviders, type ProviderDeps } from '../providers/list-providers.ts'
import { readProviderList } from '../providers/read-provider-list.ts'
import { testProvider } from '../providers/test-provider.ts'

const ProviderParams = z.object({ id: z.string().max(100) })

type RouteDeps = ProviderDeps & EndPausesDeps & Pick<ApiDeps, 'log' | 'audit'>

/**
 * Adds the routes of providers: accounts and limits, a test of a key, and the end of pauses. A running test returns
 * when `closing` fires.
 */
export function addProviderRoutes(app: App, deps: RouteDeps, closing: AbortSignal): void {
  app.get(
    '/providers',
    {
      schema: {
        operationId: 'listProviders',
        tags: ['queue'],
        summary: 'List the model providers',
        response: { 200: ProviderList },
      },
    },
    () => readProviderList(deps),
  )

  app.get(
    '/providers/:id',
    {
      schema: {
        operationId: 'getProvider',
        tags: ['queue'],
        summary: 'Read one model provider',
        params: ProviderParams,
        response: { 200: ProviderView },
      },
    },
    async ({ params }) => {
      const found = (await listProviders(deps)).find(({ id }) => id === params.id)
      if (found) return found
      throw unknownProviderError()
    },
  )
  addTestRoute(app, deps, closing)
  addResumeRoute(app, deps)
}

function addTestRoute(app: App, deps: RouteDeps, closing: AbortSignal): void {
  app.post(
    '/providers/:id/test',
    {
      schema: {
        operationId: 'testProvider',
        tags: ['queue'],
        summary: 'Test key and model of a provider with one call',
        description:
          'A worker analyzes a sample definition with the real prompt and dialect, under the limits and the circuit breaker of its ' +
          'account. The test costs as much as one type, about 1,500 tokens. It waits up to 20 s for admission and then as long as a call ' +
          'may take (CAPSTAN_CALL_TIMEOUT_MS), because a local model may have to be loaded first. `ok` is false for an invalid answer, ' +
          'with the reasons in `faults`. 502: PROVIDER_AUTH, PROVIDER_QUOTA, PROVIDER_MODEL_UNKNOWN or PROVIDER_UNAVAILABLE, ' +
          'with the message of the provider, `reason`, `kind` and a `hint`.',
        params: ProviderParams,
        body: ProviderTestRequest.nullish(),
        response: { 200: ProviderTestResult },
      },
    },
    async (request) => {
      const { params, body, signal, raw } = request
      const { success, data } = Provider.safeParse(params.id)
      if (!success) throw unknownProviderError()
      // A call may take longer than the idle timeout of the connection. The test has a timeout of its own.
      raw.setTimeout(0)
      const result = await testProvider(deps, data, body ?? {}, AbortSignal.any([signal, closing]))
      await auditRequest(deps, request, 'provider.tested', data)
      return result
    },
  )
}

function addResumeRoute(app: App, deps: RouteDeps): void {
  app.post(
    '/providers/:id/resume',
    {
      schema: {
        operationId: 'resumeProvider',
        tags: ['queue'],
        summary: 'End pauses and open circuit breakers of a provider',
        description:
          'Calls start at once. If the provider still rejects them, its account is paused again. Returns the ended pauses, ' +
          'an empty list if there were none.',
        params: ProviderParams,
        body: PauseSelection.nullish(),
        response: { 200: z.object({ data: z.array(EndedPause) }) },
      },
    },
    async (request) => {
      const { params, body, principal } = request
      const { success, data: provider } = Provider.safeParse(params.id)
      if (!success) throw unknownProviderError()
      const selection = body ?? {}
      const data = await endPauses(deps, provider, selection)
      const by = principal?.name ?? 'local'
      deps.log.info(
        { provider, ...selection, ended: data.length, by },
        'ended the pauses of a provider',
      )
      const target = [provider, selection.account, selection.model].filter(Boolean).join('/')
      await auditRequest(deps, request, 'provider.resumed', target, `${data.length} pauses ended`)
      return { data }
    },
  )
}

function unknownProviderError(): AppError {
  const hint = `Providers: ${PROVIDERS.join(', ')}.`
  return new AppError('NOT_FOUND', 'The provider does not exist', { hint })
}
