import type { Scan } from '@capstan/shared/contract/scan/scan'
import { providerList } from '../../../data/server-state.ts'
import { Link } from '../../../router/link.tsx'
import { AccountLimits } from '../../providers/account-limits.tsx'

/** Headroom of each account that the calls of the scan go to, so that no other page is needed to see what holds it back. */
export function ScanLimits({ scan: { provider, model, notFaster } }: { scan: Scan }) {
  const accounts = (providerList.value?.data ?? [])
    .filter(({ id }) => id === provider)
    .flatMap(({ accounts: own }) => own.filter((account) => account.model === model))
  if (accounts.length === 0) return null
  return (
    <section class="card" aria-labelledby="scan-limits">
      <div class="card-head">
        <h2 id="scan-limits">Limits</h2>
        <Link to="providers">All providers</Link>
      </div>
      {accounts.map((account) => (
        <article key={account.name} class="account" aria-label={`Account ${account.name}`}>
          {accounts.length > 1 && <strong>{account.name}</strong>}
          <AccountLimits
            account={account}
            bound={isBoundBy(notFaster, account.name) ? notFaster?.kind : undefined}
          />
        </article>
      ))}
    </section>
  )
}

/** Without the name of an account, the bound holds for all of them. */
function isBoundBy(notFaster: Scan['notFaster'], account: string): boolean {
  return notFaster !== null && (notFaster.account === null || notFaster.account === account)
}
