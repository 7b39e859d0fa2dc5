import { toPlainText } from '../../text/to-plain-text.ts'

const LEVELS: Record<'low' | 'medium' | 'high', string[]> = {
  low: [
    'low',
    'very low',
    'lowest',
    'simple',
    'very simple',
    'easy',
    'basic',
    'trivial',
    'minimal',
    'beginner',
  ],
  medium: ['medium', 'med', 'mid', 'middle', 'moderate', 'intermediate', 'average', 'normal'],
  high: [
    'high',
    'very high',
    'highest',
    'complex',
    'very complex',
    'hard',
    'difficult',
    'advanced',
    'expert',
  ],
}
const LEVEL_OF = new Map(
  Object.entries(LEVELS).flatMap(([level, words]) => words.map((word) => [word, level] as const)),
)
/** A remark after the level, separated by a mark. */
const REMARK = /\s*(?:[(:;.–—]|\s-\s)[^]*$/

/** Converts another case, a synonym or a level with a remark to `low`, `medium` or `high`. Returns other values unchanged. */
export function coerceComplexity(value: unknown): unknown {
  if (typeof value !== 'string') return value
  const word = toPlainText(value)
    .toLowerCase()
    .replace(REMARK, '')
    .replace(/[\s-]+(?:complexity|level|difficulty)$/, '')
  return LEVEL_OF.get(word) ?? value
}
