import { LIGHTHOUSE, type ValidAnswer } from './answer-fixture.ts'

type Change = Record<string, unknown>

function coerced(name: string, change: Change, read: Partial<typeof LIGHTHOUSE>): ValidAnswer {
  const text = JSON.stringify({ ...LIGHTHOUSE, ...change })
  return { name, text, value: { ...LIGHTHOUSE, ...read } }
}

const confidence = (written: unknown, read: number): ValidAnswer =>
  coerced(`confidence ${JSON.stringify(written)}`, { confidence: written }, { confidence: read })

const complexity = (written: string, read: 'low' | 'medium' | 'high'): ValidAnswer =>
  coerced(`complexity ${JSON.stringify(written)}`, { complexity: written }, { complexity: read })

const many = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `item ${index}`)
const words = (count: number): string => Array.from({ length: count }, () => 'harbour').join(' ')
const wide = '\u6e2f'

/** Values outside the format or bounds of the contract, with one obvious meaning. */
export const COERCED_ANSWERS: ValidAnswer[] = [
  confidence(80, 0.8),
  confidence(100, 1),
  confidence('0.8', 0.8),
  confidence('80', 0.8),
  confidence('80%', 0.8),
  confidence('85.5 %', 0.855),
  confidence('90 percent', 0.9),
  confidence('0,75', 0.75),
  confidence('~0.7', 0.7),
  confidence('8/10', 0.8),
  confidence('9 out of 10', 0.9),
  confidence('0.9 (the fields are clear)', 0.9),
  confidence('High', 0.9),
  confidence('medium', 0.6),
  confidence('low confidence', 0.3),
  complexity('LOW', 'low'),
  complexity(' Medium. ', 'medium'),
  complexity('simple', 'low'),
  complexity('Moderate', 'medium'),
  complexity('complex', 'high'),
  complexity('high complexity', 'high'),
  complexity('Low (few required fields)', 'low'),
  complexity('medium - some settings to understand', 'medium'),
  coerced('null for empty lists', { providers: null, abstractions: null }, { abstractions: [] }),
  coerced('an empty text for an empty list', { abstractions: '' }, { abstractions: [] }),
  coerced(
    'a string for a list of one',
    { capabilities: 'lamp change', searchPhrases: 'lamp' },
    { capabilities: ['lamp change'], searchPhrases: ['lamp'] },
  ),
  coerced('twenty capabilities', { capabilities: many(20) }, { capabilities: many(12) }),
  coerced(
    'lists that are all too long',
    { providers: many(13), abstractions: many(300), searchPhrases: many(11) },
    { providers: many(12), abstractions: many(12), searchPhrases: many(10) },
  ),
  coerced('a long phrase', { capabilities: [words(30)] }, { capabilities: [words(15)] }),
  coerced(
    'long texts',
    { description: words(200), useCase: `${words(75)}!!` },
    { description: words(75), useCase: words(74) },
  ),
  coerced(
    'a long text without spaces',
    { useCase: wide.repeat(700) },
    { useCase: wide.repeat(600) },
  ),
]
