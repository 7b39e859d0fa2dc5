import { expect, test } from 'vitest'
import { computeStrengthMeasures, type JudgedStrengths } from './strength-measures.ts'

const impossible = { kind: 'negative', best: [] } as const
const answerable = { kind: 'task', best: ['a'] } as const

test('impossible questions count as silent, and answerable queries as lost, without a strong match', () => {
  const answers: JudgedStrengths[] = [
    { judged: { ...impossible, best: [] }, ranking: ['x'], strong: [] },
    { judged: { ...impossible, best: [] }, ranking: ['x'], strong: ['x'] },
    { judged: { ...answerable, best: ['a'] }, ranking: ['a', 'x'], strong: ['a'] },
    { judged: { ...answerable, best: ['a'] }, ranking: ['x', 'a'], strong: ['x'] },
    { judged: { ...answerable, best: ['a'] }, ranking: ['x'], strong: [] },
    { judged: { ...answerable, best: ['a'] }, ranking: [], strong: [] },
  ]
  expect(computeStrengthMeasures(answers)).toEqual({
    impossible: 2,
    silent: 0.5,
    answerable: 4,
    lost: 0.5,
    bestIsWeak: 0.25,
  })
})
