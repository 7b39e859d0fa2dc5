import { searchTerms } from '../search-terms.ts'
import { conceptsOf } from './lexicon.ts'
import { stemOf } from './stem.ts'

/** What the kinds of features weigh beside each other; chosen on the tuning half of the relevance benchmark. */
const WORD = 1
const CONCEPT = 1.2
/** All parts of a word together. */
const PARTS = 1
/** How much less each line of a text says than the one before it. */
const LINE_DECAY = 0.8

/**
 * Weighted features of a text: its words, parts of words, and what it names of the lexicon, as numbers below 2^32.
 * The first lines say most, and a word said often counts little more than once. `rarity` of a word or a concept
 * weighs it and its parts.
 */
export function textFeatures(
  text: string,
  rarity: (feature: number) => number = () => 1,
): Map<number, number> {
  const raw = new Map<number, number>()
  const add = (feature: number, weight: number): void => {
    raw.set(feature, (raw.get(feature) ?? 0) + weight)
  }
  for (const [index, line] of text.split('\n').entries()) {
    const lineWeight = LINE_DECAY ** index
    const stems = searchTerms(line).map(stemOf)
    for (const stem of stems) {
      const word = hashOf(`w:${stem}`)
      const weight = lineWeight * rarity(word)
      add(word, WORD * weight)
      const parts = partsOf(stem)
      for (const part of parts) add(hashOf(`p:${part}`), (PARTS * weight) / parts.length)
    }
    for (const concept of conceptsOf(stems)) {
      const feature = hashOf(`c:${concept}`)
      add(feature, CONCEPT * lineWeight * rarity(feature))
    }
  }
  return new Map([...raw].map(([feature, weight]) => [feature, Math.sqrt(weight)]))
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
