import { useEffect } from 'preact/hooks'
import type { ProviderList } from '@capstan/shared/contract/providers/provider-list'
import { formatCurl } from '../../data/format-curl.ts'
import { loadServerState } from '../../data/load-server-state.ts'
import { SERVER } from '../../data/request.ts'
import { providerList } from '../../data/server-state.ts'
import { useRequest } from '../../data/use-request.ts'
import { CopyAs } from '../../parts/copy-as.tsx'
import { FirstRead } from '../../parts/first-read.tsx'
import { tabState } from '../../shell/use-title.ts'
import { AccountPanel } from './account-panel.tsx'
import { NoKey } from './no-key.tsx'
import { ProviderCard } from './provider-card.tsx'
import { SpendToday } from './spend-today.tsx'

/** Model providers with the headroom of their limits, and what stops their calls. */
export function ProvidersPage() {
  const first = useRequest('providers', loadServerState)
  useEffect(() => {
    tabState.value = { title: 'Providers – Capstan', icon: 'idle' }
  }, [])
  const list = providerList.value
  return (
    <>
      <div class="page-head">
        <h1>Providers</h1>
        <CopyAs curl={formatCurl('providers')} cli={`capstan get providers --server ${SERVER}`} />
      </div>
      {list ? <Providers list={list} /> : <FirstRead state={first} />}
    </>
  )
}

function Providers({ list }: { list: ProviderList }) {
  const served = list.data.filter(({ configured, accounts }) => configured || accounts.length > 0)
  const unserved = list.data.filter((one) => !served.includes(one))
  return (
    <>
      <SpendToday budget={list.dailyBudget} />
      {served.every(({ demo }) => demo) && <NoKey hasWorker={served.length > 0} />}
      {served.map((provider) => (
        <ProviderCard key={provider.id} provider={provider} />
      ))}
      {list.embeddings && <Embeddings embeddings={list.embeddings} />}
      {unserved.length > 0 && (
        <p class="muted">Not configured: {unserved.map(({ id }) => id).join(', ')}.</p>
      )}
    </>
  )
}

function Embeddings({ embeddings }: { embeddings: NonNullable<ProviderList['embeddings']> }) {
  return (
    <section class="card" aria-label="Embeddings">
      <div class="card-head">
        <h2>Embeddings of the search</h2>
        <span class="muted">
          {embeddings.model}, {embeddings.dimensions} dimensions
        </span>
      </div>
      <AccountPanel provider={undefined} account={embeddings.account} />
    </section>
  )
}
