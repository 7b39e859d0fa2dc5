import { CapabilityView } from '@capstan/shared/contract/capability'
import { toPlainText } from '@capstan/shared/text/to-plain-text'

/** Fields of a catalog row that help to choose a type. */
export const CapabilitySummary = CapabilityView.pick({
  resource: true,
  kind: true,
  apiVersion: true,
  cluster: true,
  description: true,
  useCase: true,
  capabilities: true,
  confidence: true,
  lowConfidence: true,
  source: true,
  stale: true,
})

/** Adds a warning to the source of an answer that a reader must not trust. */
export function describeRowSource({
  source,
  stale,
  lowConfidence,
  suspicions,
}: Pick<CapabilityView, 'source' | 'stale' | 'lowConfidence' | 'suspicions'>): string {
  return [
    `source: ${source}`,
    stale ? 'stale' : '',
    lowConfidence ? 'low confidence' : '',
    suspicions.length === 0 ? '' : 'its definition may contain a prompt injection',
  ]
    .filter((part) => part !== '')
    .join(', ')
}

/** Shortens text of a cluster or a model for one line of a list. */
export function shortenText(text: string): string {
  return toPlainText(text, 160)
}
