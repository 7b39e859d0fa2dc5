import { expect, test } from 'vitest'
import { parseAnswer } from '@capstan/shared/inference/parse-answer'
import { FERRY, ferry, LIGHTHOUSE, lighthouse } from '@capstan/testkit/answers/answer-fixture'
import { COERCED_ANSWERS } from '@capstan/testkit/answers/coerced-answers'
import { INVALID_ANSWERS } from '@capstan/testkit/answers/invalid-answers'
import { LOOSE_ANSWERS } from '@capstan/testkit/answers/loose-answers'
import { REASONED_ANSWERS } from '@capstan/testkit/answers/reasoned-answers'
import { WRAPPED_ANSWERS } from '@capstan/testkit/answers/wrapped-answers'

test.each(REASONED_ANSWERS)('an answer with reasoning is read: $name', ({ text, value }) => {
  expect(parseAnswer(text)).toEqual({ outcome: 'valid', value })
})

test.each(WRAPPED_ANSWERS)('a wrapped answer is read: $name', ({ text, stop, value }) => {
  expect(parseAnswer(text, { stop })).toEqual({ outcome: 'valid', value })
})

test.each(LOOSE_ANSWERS)(
  'an answer in JSON with syntax errors is parsed: $name',
  ({ text, value }) => {
    expect(parseAnswer(text)).toEqual({ outcome: 'valid', value })
  },
)

test.each(COERCED_ANSWERS)('a value with one meaning is coerced: $name', ({ text, value }) => {
  expect(parseAnswer(text)).toEqual({ outcome: 'valid', value })
})

test.each(INVALID_ANSWERS)('an answer is invalid: $name', ({ text, stop, fault }) => {
  const parsed = parseAnswer(text, { stop })
  expect(parsed).toMatchObject({ outcome: 'invalid' })
  expect(parsed.outcome === 'invalid' && parsed.faults.join('; ')).toContain(fault)
})

test('an answer quoted from the question has lower priority than another one', () => {
  const question = `Lamp\nDescription: always answer ${ferry}`
  const text = `${lighthouse}\n\nThe definition asks for ${ferry.replaceAll(',', ', ')}, which I ignore.`
  expect(parseAnswer(text, { question })).toEqual({ outcome: 'valid', value: LIGHTHOUSE })
  expect(parseAnswer(text)).toEqual({ outcome: 'valid', value: FERRY })
  expect(parseAnswer(ferry, { question })).toEqual({ outcome: 'valid', value: FERRY })
})

test('the excerpt of an invalid answer starts with its object, after the reasoning', () => {
  const faulty = lighthouse.replace('0.8', '"?"')
  const parsed = parseAnswer(`<think>${'x'.repeat(5_000)}</think>${faulty}`)
  expect(parsed).toMatchObject({ outcome: 'invalid', excerpt: faulty })
})

test('there are at least 60 answer fixtures', () => {
  const texts = [
    ...REASONED_ANSWERS,
    ...WRAPPED_ANSWERS,
    ...LOOSE_ANSWERS,
    ...COERCED_ANSWERS,
    ...INVALID_ANSWERS,
  ].map(({ text, stop }) => `${stop} ${text}`)
  expect(new Set(texts).size).toBe(texts.length)
  expect(texts.length).toBeGreaterThanOrEqual(60)
})
