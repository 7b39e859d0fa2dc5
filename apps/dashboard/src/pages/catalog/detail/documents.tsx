import type { CapabilityView } from '@capstan/shared/contract/capability'
import { CopyButton } from '../../../parts/copy-button.tsx'
import { place, setQuery } from '../../../router/location.ts'
import { formatYaml } from './format-yaml.ts'

/** The whole row as YAML and as JSON. */
export function Documents({ row }: { row: CapabilityView }) {
  const form = place.value.query.get('as') === 'json' ? 'json' : 'yaml'
  const text = form === 'json' ? JSON.stringify(row, null, 2) : formatYaml(row)
  return (
    <section aria-label="The whole row">
      <div class="row">
        <h3>The whole row</h3>
        {(['yaml', 'json'] as const).map((one) => (
          <button
            key={one}
            type="button"
            class="chip"
            aria-pressed={one === form}
            onClick={() => setQuery({ as: one === 'yaml' ? '' : one }, { replace: true })}
          >
            {one.toUpperCase()}
          </button>
        ))}
        <CopyButton text={text} label={`Copy as ${form.toUpperCase()}`} />
      </div>
      <pre class="document" tabIndex={0}>
        {text}
      </pre>
    </section>
  )
}
