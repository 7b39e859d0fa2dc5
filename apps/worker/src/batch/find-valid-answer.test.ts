import { expect, test } from 'vitest'
import { NO_USAGE } from '@capstan/shared/contract/usage'
import { ferry, LIGHTHOUSE, lighthouse } from '@capstan/testkit/answers/answer-fixture'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { findValidAnswer } from './find-valid-answer.ts'

const read = (text: string, stop: 'end' | 'length' | 'refusal' = 'end') =>
  findValidAnswer(
    { outcome: 'answered', text, stop, usage: NO_USAGE, requestId: null },
    makeDefinition('Lamp'),
  )

test('a valid answer is read from the text of a batch like from the text of a call', () => {
  expect(read(`<think>${ferry}</think>\n\`\`\`json\n${lighthouse}\n\`\`\``)).toEqual(LIGHTHOUSE)
})

test('a truncated or refused answer of a batch is not valid', () => {
  expect(read(lighthouse.slice(0, -1), 'length')).toBeUndefined()
  expect(read(lighthouse, 'refusal')).toBeUndefined()
})
