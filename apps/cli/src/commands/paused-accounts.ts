import { findBlock } from '@capstan/limits/limiter/find-block'
import type { EndedPause, ProviderView } from './views.ts'

/** A model of an account that may not be called now, and why. */
export interface PausedAccount extends EndedPause {
  provider: string
}

/** Pauses and open circuit breakers, provider by provider. */
export function listPausedAccounts(providers: ProviderView[]): PausedAccount[] {
  return providers.flatMap(({ id, accounts }) =>
    accounts.flatMap((account) => {
      const block = findBlock(account)
      if (!block || account.until === null) return []
      const { name, model, until } = account
      return [{ provider: id, account: name, model, reason: block.because, until }]
    }),
  )
}

/** Such as `openai/gpt-x account main: paused until 2026-11-30T00:00:00.000Z: OpenAI rate-limited the call (429): …`. */
export function pauseText({ provider, account, model, reason, until }: PausedAccount): string {
  return `${provider}/${model} account ${account}: paused until ${until}: ${reason}`
}
