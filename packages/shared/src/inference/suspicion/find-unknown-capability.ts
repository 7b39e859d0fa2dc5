import { readFileSync } from 'node:fs'

/** Stems of the words in public definitions. docs/answers.md describes how the list was built. */
const VOCABULARY = new Set(
  readFileSync(new URL('./vocabulary.txt', import.meta.url), 'utf8').split(/\s+/),
)
/** Minimum length of a word and of its stem. Shorter words carry little meaning. */
const LEAST_LETTERS = 3

const NONE: ReadonlySet<string> = new Set()

/** Finds the first capability with a majority of words that occur neither in the outline nor in the vocabulary. */
export function findUnknownCapability(outline: string, capabilities: string[]): string | undefined {
  const isStrange = (capability: string, known: ReadonlySet<string>): boolean => {
    const words = listStems(capability)
    const unknown = words.filter((word) => !VOCABULARY.has(word) && !known.has(word))
    return unknown.length * 2 > words.length
  }
  const strange = capabilities.filter((capability) => isStrange(capability, NONE))
  if (strange.length === 0) return undefined
  const own = new Set(listStems(outline))
  return strange.find((capability) => isStrange(capability, own))
}

/** Stems of the words of a text. Splits camel case. */
function listStems(text: string): string[] {
  return text
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word.length >= LEAST_LETTERS && !/^\d+$/.test(word))
    .map(stem)
}

function stem(word: string): string {
  const cut = word.replace(/(?:ations?|ments?|ings?|ions?|ers?|ies|ied|ed|es|s|y|ly|al|e)$/, '')
  return cut.length >= LEAST_LETTERS ? cut : word
}
