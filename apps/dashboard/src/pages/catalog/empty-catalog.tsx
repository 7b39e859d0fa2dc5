import { isAllowed } from '../../data/is-allowed.ts'
import { providerList } from '../../data/server-state.ts'
import { setQuery } from '../../router/location.ts'

/** No scan has stored an answer yet. */
export function EmptyCatalog() {
  const providers = providerList.value?.data ?? []
  const hasModel = providers.some(({ configured, demo }) => configured && !demo)
  return (
    <div class="card empty">
      <strong>The catalog is empty</strong>
      <span>A scan finds out what each resource type of a cluster is good for.</span>
      {isAllowed('operator') && (
        <button type="button" class="button primary" onClick={() => setQuery({ new: '*' })}>
          Start the first scan
        </button>
      )}
      <code>capstan scan</code>
      {providerList.value !== undefined && !hasModel && (
        <span>
          No model is configured, so known types get curated answers and other types get answers by
          rules. For a model set ANTHROPIC_API_KEY, OPENAI_API_KEY or OPENAI_BASE_URL of the
          workers.
        </span>
      )}
    </div>
  )
}
