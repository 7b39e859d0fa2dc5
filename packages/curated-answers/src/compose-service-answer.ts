import type { Definition } from '@capstan/shared/contract/definition'
import type { CapabilityAnswer } from '@capstan/shared/contract/inferred-capability'
import type { FamilyFile, ServiceRow } from './curated-data.ts'
import type { ServiceGroup } from './list-service-groups.ts'
import { splitKind } from './split-kind.ts'

/** Raise it when the composition changes: the version of the data includes it. */
export const COMPOSITION_REVISION = 2

/** A row about a service is less certain than one about a type. */
const MAX_CONFIDENCE = 0.85
/** With the sentence about the service, the description stays within the bound of an answer. */
const MAX_SENTENCE = 240
/** Bound of a phrase in an answer. */
const MAX_PHRASE = 120
const SENTENCE = /^.*?(?<!\b(?:e\.g|i\.e|vs|etc))[.!?](?= [A-Z]|$)/

/**
 * Composes the answer about a generated type from the row about its service, the words of its kind and the first sentence of
 * its description in the outline. Kinds that only configure the service do not get its capabilities, use case and search phrases:
 * they are untrue of such a kind, and no text states when to use it.
 */
export function composeServiceAnswer(
  family: Pick<FamilyFile, 'providers' | 'complexity' | 'kindsNameService'>,
  { row, isNamespacedTwin }: Pick<ServiceGroup, 'row' | 'isNamespacedTwin'>,
  { type, outline }: Pick<Definition, 'type' | 'outline'>,
): CapabilityAnswer {
  const kind = family.kindsNameService ? removePrefix(type.kind, row) : type.kind
  const sentence = readFirstSentence(outline)
  const isMain = row.mainKinds?.includes(type.plural) ?? true
  const service = ` of ${row.service}${isNamespacedTwin ? ' (namespaced)' : ''}`
  const words = splitKind(kind).slice(0, MAX_PHRASE - service.length)
  const capability = `${words.trim()}${service}`
  return {
    capabilities: isMain ? [capability, ...row.capabilities] : [capability],
    providers: [...family.providers],
    abstractions: isMain ? [...row.abstractions] : [],
    complexity: family.complexity,
    description:
      sentence === ''
        ? `${capability.charAt(0).toUpperCase()}${capability.slice(1)}. ${row.description}`
        : `${row.description} ${sentence}`,
    useCase: isMain ? row.useCase : '',
    confidence: Math.min(row.confidence, MAX_CONFIDENCE),
    searchPhrases: isMain ? [...row.searchPhrases] : [],
  }
}

/** Removes the name of the service from the start of a kind: `BigQueryDataset` of the group `bigquery` is `Dataset`. */
function removePrefix(kind: string, { group, service, kindPrefix }: ServiceRow): string {
  const names = [kindPrefix ?? '', group.split('.')[0] ?? '', compact(service)]
  const longest = names
    .filter((name) => name !== '' && kind.toLowerCase().startsWith(name.toLowerCase()))
    .toSorted((a, b) => b.length - a.length)
    .find((name) => /^[A-Z]/.test(kind.slice(name.length)))
  return longest === undefined ? kind : kind.slice(longest.length)
}

/** `Google Cloud VMware Engine (classic)` is `VMwareEngine`. */
function compact(service: string): string {
  return service
    .replace(/\(.*/, '')
    .replace(/^(?:Google |Amazon |AWS )?(?:Cloud )?/, '')
    .replace(/[^A-Za-z\d]/g, '')
}

/** The first sentence of the description in an outline; empty without one. An unfinished sentence is left out. */
function readFirstSentence(outline: string): string {
  const [, text = ''] = /^Description: (.+)$/m.exec(outline) ?? []
  const sentence = SENTENCE.exec(text)?.[0] ?? (text.endsWith('…') ? '' : `${text}.`)
  return sentence.length > MAX_SENTENCE || sentence === '.' ? '' : sentence
}
