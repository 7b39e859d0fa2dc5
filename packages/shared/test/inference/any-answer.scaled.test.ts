import fc from 'fast-check'
import { expect, test } from 'vitest'
import { InferredCapability } from '@capstan/shared/contract/inferred-capability'
import { parseAnswer } from '@capstan/shared/inference/parse-answer'
import { parseMultiTypeAnswer } from '@capstan/shared/inference/parse-multi-type-answer'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { ferry, LIGHTHOUSE, lighthouse } from '@capstan/testkit/answers/answer-fixture'
import { scaled } from '@capstan/testkit/scaled'

const RUNS = { numRuns: scaled(100, 500) }
const STOPS = ['end', 'length'] as const

const textUpTo = (maxLength: number) =>
  fc
    .oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
      fc.constantFrom(
        'a </think> b',
        '"quoted", {x}',
        "it's",
        '\\',
        '```json',
        '# //',
        '<think>',
        ferry,
      ),
    )
    .map((text) => toPlainText(text).slice(0, maxLength).trim())
    .filter((text) => text !== '' && toPlainText(text) === text)
const phrases = (minLength: number, maxLength: number) =>
  fc.array(textUpTo(100), { minLength, maxLength })
const anyAnswer: fc.Arbitrary<InferredCapability> = fc.record({
  capabilities: phrases(1, 12),
  providers: phrases(0, 12),
  abstractions: phrases(0, 12),
  complexity: fc.constantFrom('low', 'medium', 'high'),
  description: textUpTo(600),
  useCase: textUpTo(600),
  confidence: fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100),
  searchPhrases: phrases(0, 10),
})

const WRAPPINGS: Record<string, (json: string) => string> = {
  bare: (json) => json,
  prose: (json) => `Of {course} [1]: ${json}\nHope it's {fine}.`,
  'a fence': (json) => `\`\`\`json\n${json}\n\`\`\``,
  'a fence on one line': (json) => `\uFEFF\`\`\`json ${json} \`\`\``,
  reasoning: (json) => `<think>Or {"a": ${ferry}}?\n{</think>\n${json}`,
  'a closing tag alone': (json) => `Or ${ferry}? {\n</think>${json}`,
  'harmony channels': (json) =>
    `<|channel|>analysis<|message|>It's {<|end|><|start|>assistant<|channel|>final<|message|>${json}<|return|>`,
  'a list of one': (json) => `[${json}]`,
  'a wrapper member': (json) => `{"answer": ${json}, "notes": []}`,
  'a string': (json) => JSON.stringify(json),
  'a string in a string': (json) => JSON.stringify(JSON.stringify(json)),
  'the arguments of a tool call': (json) => JSON.stringify({ name: 'x', arguments: json }),
  'escaped quotes': (json) => JSON.stringify(json).slice(1, -1),
  'double braces': (json) => `{${json}}`,
  'trailing commas': (json) => `${json.slice(0, -2)},],}`,
  'a missing brace': (json) => json.slice(0, -1),
  'a comment': (json) => json.replace('{', '{ // it\'s "one" {\n /* { */ '),
}

test.each(Object.entries(WRAPPINGS))('any valid answer is read through: %s', (_, wrap) => {
  fc.assert(
    fc.property(anyAnswer, (value) => {
      expect(parseAnswer(wrap(JSON.stringify(value)))).toEqual({ outcome: 'valid', value })
    }),
    { numRuns: scaled(30, 150) },
  )
})

const PIECES = [
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '\\',
  '\\"',
  ',',
  ':',
  '`',
  '“',
  '(',
  '/*',
  '//',
  '#',
  '\n',
  ' ',
  '<think>',
  '</think>',
  '<answer>',
  '[THINK]',
  '<|channel|>final',
  '```json',
  '\n-----definition ',
  'null',
  'None',
  '0.8',
  '80%',
  '...',
  '\uD800',
  '\uFEFF',
  '{{',
  '{"',
  '"answer":',
  'label',
  'aaaa',
  ...Object.keys(LIGHTHOUSE).map((name) => `"${name}":`),
  lighthouse,
  ferry,
  lighthouse.slice(0, 120),
  lighthouse.slice(120),
  JSON.stringify(ferry),
]
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join('')),
  fc.json(),
)

test('parseAnswer never throws for any text, and its answers are valid', () => {
  fc.assert(
    fc.property(anyText, fc.constantFrom(...STOPS), (text, stop) => {
      const parsed = parseAnswer(text, { stop })
      if (parsed.outcome === 'invalid') expect(parsed.faults).not.toEqual([])
      else expect(InferredCapability.strict().parse(parsed.value)).toEqual(parsed.value)
      expect(parseMultiTypeAnswer(text, ['aaaa', 'bbbb'])).toHaveLength(2)
    }),
    { numRuns: scaled(600, 3_000) },
  )
})

test('a truncated answer is always invalid', () => {
  fc.assert(
    fc.property(anyAnswer, fc.nat(), (value, at) => {
      const json = JSON.stringify(value)
      const text = json.slice(0, at % json.length)
      expect(parseAnswer(text, { stop: 'length' })).toMatchObject({ outcome: 'invalid' })
    }),
    RUNS,
  )
})

const SIZE = scaled(2 ** 19, 2 ** 22)
const HOSTILE = [
  '{',
  '[',
  '[ ',
  '{"',
  '{"a":',
  '{\\"',
  "{'",
  '{/*',
  '[{"a":1},',
  '{}',
  '{a b c ',
  '"b ',
  '\\',
  '<',
  ' ',
  '<think>',
  '</think>{',
  '{"capabilities":"',
  '{"capabilities" "confidence" "providers" "useCase"',
  '{"description": "x " y", ',
  '{"answer":[',
  "['capabilities', ",
  `${lighthouse},`,
  `{"a":${ferry}`,
]

test.each(HOSTILE)('parsing a large hostile answer takes a bounded time: %s', (unit) => {
  const text = unit.repeat(SIZE / unit.length)
  for (const whole of [text, text + lighthouse, lighthouse.slice(0, -1) + text]) {
    expect(['valid', 'invalid']).toContain(parseAnswer(whole).outcome)
  }
})

test('deeply nested JSON makes an answer invalid, with or without closing brackets, also as a member of a valid answer', () => {
  for (const [open, close] of [
    ['[', ']'],
    ['{"a":', '}'],
    ['{"answer":', '}'],
  ] as const) {
    const depth = 20_000
    const deep = `${open.repeat(depth)}1${close.repeat(depth)}`
    for (const text of [deep, open.repeat(depth), `{"answer": ${deep}}`]) {
      expect(parseAnswer(text).outcome).toBe('invalid')
      expect(parseMultiTypeAnswer(`${text} aaaa`, ['aaaa'])).toEqual([undefined])
    }
    const value = lighthouse.replace('"tide tables"', deep)
    expect(parseAnswer(value).outcome).toBe('invalid')
  }
})
