import type { ProviderView } from '@capstan/shared/contract/providers/provider-view'
import { pluralize } from '@capstan/shared/text/units'
import { AccountPanel } from './account-panel.tsx'

/** A provider, its workers and its accounts. */
export function ProviderCard({ provider }: { provider: ProviderView }) {
  const { id, demo, workers, models, endpoints, fallback, problem, accounts } = provider
  return (
    <section class="card" aria-label={id}>
      <div class="card-head">
        <div class="row">
          <h2>{id}</h2>
          {provider.default && <span class="badge">default</span>}
          {demo && <span class="badge">answers by rules, no model</span>}
        </div>
        <span class={workers === 0 ? 'bad-text' : 'muted'}>
          {workers === 0 ? 'no worker serves it' : `served by ${pluralize(workers, 'worker')}`}
        </span>
      </div>
      {problem && (
        <div class="notice bad">
          <strong>{problem.detail}</strong>
          <span class="muted">{problem.hint}</span>
        </div>
      )}
      {(models.length > 0 || endpoints.length > 0 || fallback.length > 0) && (
        <dl class="pairs card-body">
          <Pair name="Models" values={models} />
          <Pair name="Endpoints" values={endpoints} />
          <Pair name="Fallback models" values={fallback} />
        </dl>
      )}
      {accounts.map((account) => (
        <AccountPanel
          key={`${account.name} ${account.model}`}
          provider={demo ? undefined : id}
          account={account}
        />
      ))}
    </section>
  )
}

function Pair({ name, values }: { name: string; values: string[] }) {
  if (values.length === 0) return null
  return (
    <>
      <dt>{name}</dt>
      <dd>{values.join(', ')}</dd>
    </>
  )
}
