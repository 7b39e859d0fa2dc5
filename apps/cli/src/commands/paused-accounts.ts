import type { EndedPauseRow, ProviderRow } from './response-schemas.ts'
import { findBlock } from '@capstan/limits/limiter/find-block'

/** A model of an account that is paused or whose circuit breaker is open. */
export interface PausedAccount extends EndedPauseRow {
  provider: string
}

/** Lists pauses and open circuit breakers by provider. */
export function listPausedAccounts(providers: ProviderRow[]): PausedAccount[] {
  return providers.flatMap(({ id, accounts }) =>
    accounts.flatMap((account) => {
      const block = findBlock(account)
      if (!block || account.until === null) return []
      const { name, model, until } = account
      return [{ provider: id, account: name, model, reason: block.because, until }]
    }),
  )
}

/** For example `openai/gpt-x account main: paused until 2026-11-30T00:00:00.000Z: OpenAI rate-limited …`. */
export function formatPause({ provider, account, model, reason, until }: PausedAccount): string {
  return `${provider}/${model} account ${account}: paused until ${until}: ${reason}`
}
