import type { ShownSource } from '@capstan/shared/contract/answer-source'
import type { CapabilityView } from '@capstan/shared/contract/capability'
import { formatLabeledValues } from '../../output/format-labeled-values.ts'
import type { CliSession } from '../../cli-session.ts'

/** Formats one catalog row: API metadata, the inferred capability, its provenance. */
export function formatCapability(row: CapabilityView, { out }: Pick<CliSession, 'out'>): string {
  const { provenance } = row
  const note = [
    // The source of a rule-based answer states that it is a guess.
    ...(row.lowConfidence && row.source !== 'rules' ? ['low confidence: check it'] : []),
    ...row.suspicions.map(formatSuspicion),
    ...(row.override ? [overrideNote(row.override)] : []),
    ...(row.stale ? ['stale: the type changed or was removed since'] : []),
    ...(provenance.truncated ? ['the definition was truncated'] : []),
    ...(provenance.sharedWith > 0
      ? [`analyzed in one call with ${provenance.sharedWith} other types`]
      : []),
  ].join('; ')
  const lines = formatLabeledValues(
    [
      ['Resource', row.resource],
      ['Kind', `${row.kind} (${row.apiVersion}, ${row.scope.toLowerCase()})`],
      ['Cluster', row.cluster],
      ['Short names', row.shortNames.join(', ')],
      ['Verbs', row.verbs.join(', ')],
      ['Columns', row.printerColumns.map(formatColumn).join(', ')],
      ['Capabilities', row.capabilities.join(', ')],
      ['Providers', row.providers.join(', ')],
      ['Abstractions', row.abstractions.join(', ')],
      ['Complexity', row.complexity],
      ['Description', row.description],
      // A rule-based answer has none, and some curated answers.
      ['Use case', row.useCase || '–'],
      ['Found by', row.searchPhrases.join('; ')],
      ['Confidence', row.confidence.toFixed(2)],
      ['Source', SOURCES[row.source]],
      ['Note', note],
      ['Answered', `${provenance.inferredAt} by ${provenance.provider}/${provenance.model}`],
      ['Scan', provenance.scanId],
      ['Worker', formatWorker(provenance)],
    ],
    out,
  )
  return `${lines.join('\n')}\n`
}

const SOURCES: Record<ShownSource, string> = {
  model: 'model',
  curated: 'curated: comes with Capstan, checked against the definition of the type',
  rules: 'rules: a rule-based answer, which is a guess',
  override: 'override: a person has corrected the answer',
}

/** A possible prompt injection. The text is untrusted; the server has removed control characters. */
function formatSuspicion({
  in: place,
  kind,
  excerpt,
}: CapabilityView['suspicions'][number]): string {
  return `suspicious ${kind.replace('_', ' ')} in the ${place}: "${excerpt}"`
}

/** Empty for an imported row without a worker. */
function formatWorker({ worker, attempt }: CapabilityView['provenance']): string {
  if (worker === null) return ''
  return attempt === null ? worker : `${worker}, attempt ${attempt}`
}

function formatColumn({ name, priority = 0 }: CapabilityView['printerColumns'][number]): string {
  return priority > 0 ? `${name} (wide)` : name
}

/** Author, time, fields and reason of an override. */
function overrideNote({ by, at, fields, note }: NonNullable<CapabilityView['override']>): string {
  const what = `${Object.keys(fields).join(', ')} set by ${by} at ${at}`
  return note === null ? what : `${what} (${note})`
}
