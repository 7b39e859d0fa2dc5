import type { Capability } from '@capstan/shared/contract/capability'
import { buildEmbeddingText } from '../build-embedding-text.ts'
import { findQueryConcepts, findRowConcepts, type ConceptMatch } from '../thesaurus/thesaurus.ts'
import { weighWord } from '../words/weigh-word.ts'
import { normalizeKind, findNameCandidates } from '../words/kind-names.ts'
import { stemText } from '../words/stem.ts'

/** Features of a text as numbers below 2^32, with their weights. */
export type Features = Map<number, number>

/** What the kinds of features weigh beside each other; chosen on the tuning half of the relevance benchmark. */
const WORD = 1
const CONCEPT = 1.8
/** All parts of a word together. */
const PARTS = 1
/** The whole name of a kind. */
const NAME = 1
/** How much less each line of a text says than the one before it. */
const LINE_DECAY = 0.8
/** 0: long texts win by their length. 1: short ones by their shortness. */
const LENGTH_COUNTS = 0.5

/** Features of a word: itself and its parts. */
interface Hashes {
  word: number
  parts: number[]
}

/** Of words that have been met, as with stems. */
const KNOWN = new Map<string, Hashes>()
const MOST_KNOWN = 50_000

/**
 * What a row is about: its words, parts of words and the concepts it names, its length taken out in part. The first
 * lines of its text say most, and a word said often counts little more than once.
 */
export function extractRowFeatures(row: Capability): Features {
  const said: Features = new Map()
  for (const [index, line] of buildEmbeddingText(row).split('\n').entries()) {
    const stems = stemText(line)
    addLine(said, stems, findRowConcepts(stems), () => LINE_DECAY ** index)
  }
  said.set(nameFeature(normalizeKind(row.kind)), NAME)
  return damped(said, LENGTH_COUNTS)
}

/** What a query is about, from the stems of its words. `rarity` of a word or a concept weighs it and its parts. */
export function extractQueryFeatures(
  stems: string[],
  rarity: (feature: number) => number = () => 1,
): Features {
  const said: Features = new Map()
  addLine(said, stems, findQueryConcepts(stems), (feature, stem) => {
    return rarity(feature) * (stem === undefined ? 1 : weighWord(stem))
  })
  for (const { name, share } of findNameCandidates(stems)) {
    const feature = nameFeature(name)
    said.set(feature, NAME * share * rarity(feature))
  }
  return damped(said, 1)
}

/** For each word of a query the features that say it: the word itself, and concepts that it names alone or in a phrase. */
export function extractQueryParts(stems: string[]): number[][] {
  const concepts = findQueryConcepts(stems)
  return stems.map((stem, place) => {
    const named = concepts.filter(({ start, length }) => start <= place && place < start + length)
    return [hashesOf(stem).word, ...named.map(({ concept }) => hashOf(`c:${concept}`))]
  })
}

function addLine(
  said: Features,
  stems: string[],
  concepts: ConceptMatch[],
  weightOf: (feature: number, stem?: string) => number,
): void {
  const add = (feature: number, weight: number): void => {
    said.set(feature, (said.get(feature) ?? 0) + weight)
  }
  for (const stem of stems) {
    const { word, parts } = hashesOf(stem)
    const weight = weightOf(word, stem)
    add(word, WORD * weight)
    for (const part of parts) add(part, (PARTS * weight) / parts.length)
  }
  for (const [concept, weight] of new Map(concepts.map((one) => [one.concept, one.weight]))) {
    const feature = hashOf(`c:${concept}`)
    add(feature, CONCEPT * weight * weightOf(feature))
  }
}

function nameFeature(name: string): number {
  return hashOf(`n:${name}`)
}

/** Roots of the weights, over their Euclidean length to the power of `lengthCounts`. Changes what it is given. */
function damped(said: Features, lengthCounts: number): Features {
  let sum = 0
  for (const weight of said.values()) sum += weight
  const by = Math.sqrt(sum) ** lengthCounts || 1
  for (const [feature, weight] of said) said.set(feature, Math.sqrt(weight) / by)
  return said
}

function hashesOf(stem: string): Hashes {
  const known = KNOWN.get(stem)
  if (known) return known
  const parts = partsOf(stem).map((part) => hashOf(`p:${part}`))
  const hashes = { word: hashOf(`w:${stem}`), parts }
  if (KNOWN.size < MOST_KNOWN) KNOWN.set(stem, hashes)
  return hashes
}

/** `^po`, `pod`, `od$`: what two spellings of a word have in common. */
function partsOf(stem: string): string[] {
  const padded = `^${stem}$`
  const count = Math.max(1, padded.length - 2)
  return Array.from({ length: count }, (_, start) => padded.slice(start, start + 3))
}

/** FNV-1a, with a last mixing because short texts differ in their low bits only. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b)
  return (hash ^ (hash >>> 16)) >>> 0
}
