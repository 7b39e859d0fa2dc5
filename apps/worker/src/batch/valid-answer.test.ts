import { expect, test } from 'vitest'
import { NO_USAGE } from '@capstan/shared/contract/usage'
import { ferry, LIGHTHOUSE, lighthouse } from '@capstan/testkit/answers/answer-fixture'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { validAnswer } from './valid-answer.ts'

const read = (text: string, stop: 'end' | 'length' | 'refusal' = 'end') =>
  validAnswer(
    { outcome: 'answered', text, stop, usage: NO_USAGE, requestId: null },
    makeDefinition('Lamp'),
  )

test('an answer of a batch is found in its text like that of a call', () => {
  expect(read(`<think>${ferry}</think>\n\`\`\`json\n${lighthouse}\n\`\`\``)).toEqual(LIGHTHOUSE)
})

test('an answer of a batch that was cut before it closed, or a refusal, is not valid', () => {
  expect(read(lighthouse.slice(0, -1), 'length')).toBeUndefined()
  expect(read(lighthouse, 'refusal')).toBeUndefined()
})
