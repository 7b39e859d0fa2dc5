import type { Capability } from '@capstan/shared/contract/capability'
import { factLines } from '../output/facts.ts'
import type { Session } from '../session.ts'

/** One catalog row for people: facts of the cluster, then what was inferred, then where that came from. */
export function capabilityText(row: Capability, { out }: Pick<Session, 'out'>): string {
  const { provenance } = row
  const note = [
    ...(row.lowConfidence ? ['low confidence, check it'] : []),
    ...row.suspicions.map(suspicionNote),
    ...(row.override ? [overrideNote(row.override)] : []),
    ...(row.stale ? ['stale: the type has changed or gone since'] : []),
    ...(provenance.truncated ? ['the definition was cut to fit'] : []),
    ...(provenance.packedWith > 0
      ? [`asked about in one call with ${provenance.packedWith} other types`]
      : []),
    ...(provenance.provider === 'demo' ? ['by demo rules, not by a model'] : []),
  ].join('; ')
  const lines = factLines(
    [
      ['Resource', row.resource],
      ['Kind', `${row.kind} (${row.apiVersion}, ${row.scope.toLowerCase()})`],
      ['Cluster', row.cluster],
      ['Short names', row.shortNames.join(', ')],
      ['Verbs', row.verbs.join(', ')],
      ['Columns', row.printerColumns.map(columnText).join(', ')],
      ['Capabilities', row.capabilities.join(', ')],
      ['Providers', row.providers.join(', ')],
      ['Abstractions', row.abstractions.join(', ')],
      ['Complexity', row.complexity],
      ['Description', row.description],
      ['Use case', row.useCase],
      ['Found by', row.searchPhrases.join('; ')],
      ['Confidence', row.confidence.toFixed(2)],
      ['Note', note],
      ['Inferred', `${provenance.inferredAt} by ${provenance.provider}/${provenance.model}`],
      ['Scan', provenance.scanId],
      ['Worker', workerText(provenance)],
    ],
    out,
  )
  return `${lines.join('\n')}\n`
}

/** What looks like an attempt to instruct the model; untrusted text, which the server has cleaned. */
function suspicionNote({ in: place, kind, excerpt }: Capability['suspicions'][number]): string {
  return `suspicious ${kind.replace('_', ' ')} in the ${place}: "${excerpt}"`
}

/** Empty in an imported row that names no worker. */
function workerText({ worker, attempt }: Capability['provenance']): string {
  if (worker === null) return ''
  return attempt === null ? worker : `${worker}, attempt ${attempt}`
}

function columnText({ name, priority = 0 }: Capability['printerColumns'][number]): string {
  return priority > 0 ? `${name} (wide)` : name
}

/** Who corrected what, and why. */
function overrideNote({ by, at, fields, note }: NonNullable<Capability['override']>): string {
  const what = `${Object.keys(fields).join(', ')} set by ${by} at ${at}`
  return note === null ? what : `${what} (${note})`
}
