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
/** What may follow the word: a remark behind a mark that no word of a level holds. */
const REMARK = /\s*(?:[(:;.–—]|\s-\s)[^]*$/

/** `low`, `medium` or `high` where a model used another case, a synonym or a remark; else what it wrote. */
export function coerceComplexity(value: unknown): unknown {
  if (typeof value !== 'string') return value
  const word = toPlainText(value)
    .toLowerCase()
    .replace(REMARK, '')
    .replace(/[\s-]+(?:complexity|level|difficulty)$/, '')
  return LEVEL_OF.get(word) ?? value
}
