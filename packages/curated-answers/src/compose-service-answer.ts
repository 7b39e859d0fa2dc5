import type { Definition } from '@capstan/shared/contract/definition'
import type { CapabilityAnswer } from '@capstan/shared/contract/inferred-capability'
import type { FamilyFile, KindText, ServiceRow } from './curated-data.ts'
import type { ServiceGroup } from './list-service-groups.ts'
import { splitKind } from './split-kind.ts'

/** Raise it when the composition changes: the version of the data includes it. */
export const COMPOSITION_REVISION = 4

/** A row about a service is less certain than one about a type. */
const MAX_CONFIDENCE = 0.85
/** With the sentence about the service, the description stays within the bound of an answer. */
const MAX_SENTENCE = 240
/** Bound of a phrase in an answer. */
const MAX_PHRASE = 120
/** A sentence of two words is the rest of a text that a generator cut: "Use the". */
const MIN_WORDS = 3
/** The start of a generated sentence about reading an object, copied to types that create it. */
const DATA_SOURCE = /^Provides details about /
/** The text of its service that a kind other than a main one gets. */
const NO_TEXT = { capabilities: [], abstractions: [], useCase: '', searchPhrases: [] }
const SENTENCE = /^.*?(?<!\b(?:e\.g|i\.e|vs|etc))[.!?](?= [A-Z]|$)/

/**
 * Composes the answer about a generated type from the row about its service, the text about its kind, and the first sentence of
 * its description in the outline. Kinds that only configure the service do not get its capabilities, use case and search phrases:
 * they are untrue of such a kind.
 */
export function composeServiceAnswer(
  family: Pick<FamilyFile, 'providers' | 'complexity' | 'kindsNameService'>,
  group: Pick<ServiceGroup, 'row' | 'isNamespacedTwin'>,
  { type, outline }: Pick<Definition, 'type' | 'outline'>,
): CapabilityAnswer {
  const { row } = group
  const own = row.kindTexts?.[type.plural] ?? {}
  const isMain = row.mainKinds?.includes(type.plural) ?? true
  const shared = isMain ? row : NO_TEXT
  const name = nameKind(family.kindsNameService, group, type, own)
  const { capabilities = [], searchPhrases = [], useCase = shared.useCase } = own
  return {
    capabilities: [name, ...capabilities, ...shared.capabilities],
    providers: [...family.providers],
    abstractions: [...shared.abstractions],
    complexity: family.complexity,
    description: describeKind(name, isMain ? undefined : capabilities[0], row, outline),
    useCase,
    confidence: Math.min(row.confidence, MAX_CONFIDENCE),
    searchPhrases: [...searchPhrases, ...shared.searchPhrases],
  }
}

/** The kind in words with its service: "DB parameter group of Amazon RDS". */
function nameKind(
  kindsNameService: boolean,
  { row, isNamespacedTwin }: Pick<ServiceGroup, 'row' | 'isNamespacedTwin'>,
  { kind }: Definition['type'],
  own: KindText,
): string {
  const words = own.words ?? splitKind(kindsNameService ? removePrefix(kind, row) : kind)
  const service = ` of ${own.service ?? row.service}${isNamespacedTwin ? ' (namespaced)' : ''}`
  return `${words.slice(0, MAX_PHRASE - service.length).trim()}${service}`
}

/**
 * The sentence of the definition about the kind, after a sentence about the service, or about the purpose of a kind that is not a
 * main one. Without a sentence of the definition, the description starts with the kind.
 */
function describeKind(
  name: string,
  purpose: string | undefined,
  row: ServiceRow,
  outline: string,
): string {
  const sentence = readFirstSentence(outline)
  const named = `${name.charAt(0).toUpperCase()}${name.slice(1)}`
  if (purpose !== undefined) return `${named}: ${purpose}. ${sentence || row.description}`
  return sentence === '' ? `${named}. ${row.description}` : `${row.description} ${sentence}`
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
  const isUsable =
    sentence.length <= MAX_SENTENCE &&
    sentence.split(' ').length >= MIN_WORDS &&
    !DATA_SOURCE.test(sentence)
  return isUsable ? sentence : ''
}
