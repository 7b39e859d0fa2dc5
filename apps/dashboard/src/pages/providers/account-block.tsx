import type { AccountView } from '@capstan/shared/contract/providers/account-view'
import { formatDuration } from '@capstan/shared/text/units'
import { api } from '../../data/api.ts'
import { isAllowed } from '../../data/is-allowed.ts'
import { loadServerState } from '../../data/load-server-state.ts'
import { ActionButton } from '../../parts/action-button.tsx'
import { Countdown } from '../../parts/countdown.tsx'

interface AccountBlockProps {
  provider: string | undefined
  account: AccountView
}

/** Why the account starts no calls, until when, and a way to end it. */
export function AccountBlock({ provider, account }: AccountBlockProps) {
  const { breaker, paused, until } = account
  if (breaker.state === 'closed' && paused === null) return null
  const causes = new Set([paused?.reason, breaker.reason ?? undefined])
  return (
    <div class={breaker.state === 'open' ? 'notice bad' : 'notice warn'}>
      <strong>
        {describeBlock(account)}
        {until !== null && (
          <>
            , ends in <Countdown until={until} />
          </>
        )}
      </strong>
      {[...causes].map((cause) => cause !== undefined && <span key={cause}>{cause}</span>)}
      {breaker.unhealthyMs > 0 && (
        <span class="muted">Calls fail since {formatDuration(breaker.unhealthyMs)}.</span>
      )}
      {provider !== undefined && <EndPause provider={provider} account={account} />}
    </div>
  )
}

interface EndPauseProps {
  provider: string
  account: AccountView
}

function EndPause({ provider, account: { name, model } }: EndPauseProps) {
  if (!isAllowed('operator')) return null
  const end = async (): Promise<void> => {
    await api.endPauses(provider, { account: name, model })
    await loadServerState()
  }
  return <ActionButton label="End this pause" run={end} />
}

function describeBlock({ breaker }: AccountView): string {
  if (breaker.state === 'open') return 'Circuit breaker open'
  return breaker.state === 'half-open' ? 'Circuit breaker half open: one call tries' : 'Paused'
}
