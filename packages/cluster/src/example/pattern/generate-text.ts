import { matchesPattern } from './matches-pattern.ts'
import type { PatternNode } from './pattern-node.ts'

/** Bounds of a text in characters. */
export interface TextBounds {
  min: number
  max: number
}

/** Which text of a pattern to generate: repetitions beyond the required ones, and the option of each choice. */
interface Variant {
  extra: number
  option: number
  /** Steps left for all variants of a pattern. */
  budget: { steps: number }
}

const MAX_LENGTH = 400
const MOST_OPTIONS = 4
/** Bound for untrusted patterns, such as nested repetitions of nothing. */
const MAX_STEPS = 50_000
/** Each match takes thousands of steps at worst. */
const MAX_MATCHES = 20
/** Repetitions to try beyond those that the bounds demand. */
const MOST_EXTRA = 8
/** Characters in the order in which they are chosen. */
const PREFERRED = Array.from(
  'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_./:@ ',
)

/** Returns a text that matches the pattern within the bounds; undefined when none is found. */
export function generateText(pattern: PatternNode, { min, max }: TextBounds): string | undefined {
  const mostExtra = Math.min(MAX_LENGTH, Math.max(MOST_EXTRA, min))
  const budget = { steps: MAX_STEPS }
  let matches = 0
  for (let option = 0; option < MOST_OPTIONS; option += 1) {
    for (let extra = 0; extra <= mostExtra; extra += 1) {
      const text = generate(pattern, { extra, option, budget })
      if (text.length > Math.min(max, MAX_LENGTH)) break
      if (budget.steps < 0 || matches > MAX_MATCHES) return undefined
      if (text.length < min) continue
      matches += 1
      if (matchesPattern(pattern, text)) return text
    }
  }
  return undefined
}

/** Longer texts are cut, and do not match then. */
function generate(node: PatternNode, variant: Variant): string {
  variant.budget.steps -= 1
  switch (node.kind) {
    case 'start':
    case 'end':
      return ''
    case 'characters':
      return chooseCharacter(node)
    case 'choice':
      return generate(
        node.options[variant.option % node.options.length] ?? { kind: 'end' },
        variant,
      )
    case 'sequence':
      return generateParts(node.parts, variant)
    case 'repeat': {
      const count = Math.min(node.max, node.min + variant.extra, MAX_LENGTH + 1)
      return generateParts(
        Array.from({ length: count }, () => node.part),
        variant,
      )
    }
  }
}

function generateParts(parts: readonly PatternNode[], variant: Variant): string {
  let text = ''
  for (const part of parts) {
    if (text.length > MAX_LENGTH || variant.budget.steps < 0) break
    text += generate(part, variant)
  }
  return text
}

function chooseCharacter(node: PatternNode & { kind: 'characters' }): string {
  const preferred = PREFERRED.find((character) => matchesPattern(node, character))
  return preferred ?? String.fromCodePoint(node.ranges[0]?.[0] ?? 97)
}
