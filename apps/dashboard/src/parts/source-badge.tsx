import type { ShownSource } from '@capstan/shared/contract/answer-source'

const MEANINGS: Record<ShownSource, string> = {
  model: 'A model has answered',
  curated: 'A curated answer, written by people, without a model call',
  rules: 'Rules have derived the answer from names, without a model',
  override: 'A person has corrected the answer',
}

/** Source of an answer. */
export function SourceBadge({ source, cached = false }: { source: ShownSource; cached?: boolean }) {
  const text = cached && source === 'model' ? 'model, stored' : source
  const meaning = cached ? `${MEANINGS[source]}; read from the result cache` : MEANINGS[source]
  return (
    <span class={`badge ${source}`} title={meaning}>
      {text}
    </span>
  )
}
