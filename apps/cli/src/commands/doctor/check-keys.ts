import { z } from 'zod'
import { ProviderCheckResult } from '@capstan/shared/contract/provider-check'
import { CliError } from '../../cli-error.ts'
import { EXIT } from '../../exit-code.ts'
import type { CliSession } from '../../cli-session.ts'
import type { ProviderRow } from '../response-schemas.ts'
import type { DoctorCheck } from './doctor-check.ts'

/** Tests each key of a provider with one real call: about 1,500 tokens, up to the call timeout. */
export async function checkKeys(
  session: CliSession,
  provider: ProviderRow,
): Promise<DoctorCheck[]> {
  const names = new Set(provider.accounts.map(({ name }) => name))
  return Promise.all([...names].map((name) => hintAtKey(session, provider, name)))
}

async function hintAtKey(
  { api, io }: CliSession,
  { id }: ProviderRow,
  account: string,
): Promise<DoctorCheck> {
  const name = 'provider'
  const whose = account === id ? id : `${id}, account ${account}`
  try {
    const path = `/providers/${encodeURIComponent(id)}/test`
    const sent = { body: { account }, signal: io.interrupted }
    const { value } = await api.post(path, z.object(ProviderCheckResult.shape), sent)
    const detail = `${whose} answers with ${value.model} in ${value.latencyMs} ms`
    if (value.ok) return { name, state: 'ok', detail }
    const faults = value.faults.slice(0, 3).join('; ')
    const fix =
      'Scan with another model if many types fail; small models return invalid answers more often.'
    return {
      name,
      state: 'warn',
      detail: `${detail}, but without a valid answer: ${faults}`,
      fix,
    }
  } catch (error) {
    io.interrupted.throwIfAborted()
    if (!(error instanceof CliError)) throw error
    const { exitCode, message, why, fix } = error
    if (exitCode === EXIT.auth) {
      const detail = `${whose} is there; this token may not try its key, the first scan does`
      return { name, state: 'ok', detail }
    }
    return { name, state: 'bad', detail: `${whose}: ${why ?? message}`, fix }
  }
}
