import type { Capability } from '@capstan/shared/contract/capability'
import { buildEmbeddingText } from '../build-embedding-text.ts'
import type { Lexicon } from '../lexicon.ts'
import type { ConceptMatch } from '../thesaurus/thesaurus.ts'
import { findNameCandidates, normalizeKind } from '../words/kind-names.ts'
import { weighWord } from '../words/weigh-word.ts'

/** Features of a text as hashes below 2^32, with their weights. */
export type Features = Map<number, number>

/** Weights of the kinds of features, tuned on the tuning half of the relevance benchmark. */
const WORD_WEIGHT = 1
const CONCEPT_WEIGHT = 1.8
/** Sum over all trigrams of a word. */
const TRIGRAMS_WEIGHT = 1
/** For the whole name of a kind. */
const NAME_WEIGHT = 1
/** Each line of a text weighs this much of the line before it. */
const LINE_DECAY = 0.8
/** 0: long rows win by their length. 1: short rows win. */
const ROW_LENGTH_NORMALIZATION = 0.5
const MAX_CACHED = 50_000

interface WordHashes {
  word: number
  trigrams: number[]
}

/** Extracts features of rows and queries: words, trigrams of words, thesaurus concepts and names of kinds. */
export class FeatureExtractor {
  readonly #lexicon: Lexicon
  readonly #hashes = new Map<string, WordHashes>()

  constructor(lexicon: Lexicon) {
    this.#lexicon = lexicon
  }

  /** Features of a row. Its first lines weigh most, and repetition adds little. */
  extractRow(row: Capability): Features {
    const { stemmer, thesaurus } = this.#lexicon
    const features: Features = new Map()
    for (const [index, line] of buildEmbeddingText(row).split('\n').entries()) {
      const stems = stemmer.stemText(line)
      this.#addLine(features, stems, thesaurus.findRowConcepts(stems), () => LINE_DECAY ** index)
    }
    features.set(hashName(normalizeKind(row.kind, stemmer)), NAME_WEIGHT)
    return normalize(features, ROW_LENGTH_NORMALIZATION)
  }

  /** Features of a query. `rarity` is a factor of the weight of words, with their trigrams, and of concepts and names. */
  extractQuery(stems: string[], rarity: (feature: number) => number = () => 1): Features {
    const features: Features = new Map()
    const concepts = this.#lexicon.thesaurus.findQueryConcepts(stems)
    this.#addLine(features, stems, concepts, (feature, stem) => {
      return rarity(feature) * (stem === undefined ? 1 : weighWord(stem))
    })
    for (const { name, share } of findNameCandidates(stems)) {
      const feature = hashName(name)
      features.set(feature, NAME_WEIGHT * share * rarity(feature))
    }
    return normalize(features, 1)
  }

  /** For each word of a query, the features that express it: the word, and concepts that it mentions alone or in a phrase. */
  extractParts(stems: string[]): number[][] {
    const concepts = this.#lexicon.thesaurus.findQueryConcepts(stems)
    return stems.map((stem, position) => {
      const mentioned = concepts.filter(
        ({ start, length }) => start <= position && position < start + length,
      )
      return [
        this.#hashWord(stem).word,
        ...mentioned.map(({ concept }) => hashText(`c:${concept}`)),
      ]
    })
  }

  #addLine(
    features: Features,
    stems: string[],
    concepts: ConceptMatch[],
    weigh: (feature: number, stem?: string) => number,
  ): void {
    const add = (feature: number, weight: number): void => {
      features.set(feature, (features.get(feature) ?? 0) + weight)
    }
    for (const stem of stems) {
      const { word, trigrams } = this.#hashWord(stem)
      const weight = weigh(word, stem)
      add(word, WORD_WEIGHT * weight)
      for (const trigram of trigrams) add(trigram, (TRIGRAMS_WEIGHT * weight) / trigrams.length)
    }
    for (const [concept, weight] of new Map(concepts.map((one) => [one.concept, one.weight]))) {
      const feature = hashText(`c:${concept}`)
      add(feature, CONCEPT_WEIGHT * weight * weigh(feature))
    }
  }

  #hashWord(stem: string): WordHashes {
    const known = this.#hashes.get(stem)
    if (known) return known
    const trigrams = listTrigrams(stem).map((trigram) => hashText(`p:${trigram}`))
    const hashes = { word: hashText(`w:${stem}`), trigrams }
    if (this.#hashes.size < MAX_CACHED) this.#hashes.set(stem, hashes)
    return hashes
  }
}

function hashName(name: string): number {
  return hashText(`n:${name}`)
}

/** Replaces weights by their square roots and divides them by their Euclidean length to the power of `exponent`. */
function normalize(features: Features, exponent: number): Features {
  let sum = 0
  for (const weight of features.values()) sum += weight
  const divisor = Math.sqrt(sum) ** exponent || 1
  return new Map([...features].map(([feature, weight]) => [feature, Math.sqrt(weight) / divisor]))
}

/** `^po`, `pod`, `od$`: misspellings of a word share most of them. */
function listTrigrams(stem: string): string[] {
  const padded = `^${stem}$`
  const count = Math.max(1, padded.length - 2)
  return Array.from({ length: count }, (_, start) => padded.slice(start, start + 3))
}

/** FNV-1a with a final mix, because short texts differ in their low bits only. */
function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b)
  return (hash ^ (hash >>> 16)) >>> 0
}
