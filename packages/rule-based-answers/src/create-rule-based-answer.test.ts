import { expect, test } from 'vitest'
import { CapabilityAnswer } from '@capstan/shared/contract/inferred-capability'
import { createRuleBasedAnswer } from './create-rule-based-answer.ts'

const OUTLINE = [
  'HTTPRouteBinding (routing.strimzi.io/v1, namespaced)',
  'Names: httproutebindings',
  'Description: Binds routes to a mysql database. Made for certificates.',
  'Fields of spec (* required):',
  '  *postgres string: A redis for backups.',
  '  schedule string: Cron schedule of a canary on AWS.',
].join('\n')

test('a rule-based answer has the words of the kind, the own description and the project of the group', () => {
  expect(createRuleBasedAnswer(OUTLINE)).toEqual({
    capabilities: ['HTTP route binding objects'],
    providers: ['Strimzi'],
    abstractions: [],
    complexity: 'low',
    description: 'Binds routes to a mysql database. Made for certificates.',
    useCase: '',
    confidence: 0.3,
    searchPhrases: [],
  })
})

test('words of fields have no effect on a rule-based answer', () => {
  const renamed = OUTLINE.replaceAll('postgres', 'a').replaceAll('schedule', 'b')
  expect(createRuleBasedAnswer(renamed)).toEqual(createRuleBasedAnswer(OUTLINE))
})

test('a rule-based answer states that the definition has no description', () => {
  expect(createRuleBasedAnswer('Widget (v1, cluster)')).toMatchObject({
    description: 'The definition has no description.',
    providers: [],
    confidence: 0.2,
  })
})

test.each([
  ['Runs a job. Made for te…', 'Runs a job.'],
  ['Runs a job at 2.5 times the sp…', 'Runs a job at 2.5 times the sp…'],
  ['Runs a job. Made for teams', 'Runs a job. Made for teams'],
])('the description %j becomes %j', (description, expected) => {
  const outline = `Widget (v1, cluster)\nDescription: ${description}`
  expect(createRuleBasedAnswer(outline).description).toBe(expected)
})

test.each([
  ['CronJob', 'cron job objects'],
  ['KafkaMirrorMaker2', 'kafka mirror maker2 objects'],
  ['VPC', 'VPC objects'],
  ['IPAddressPool', 'IP address pool objects'],
])('the kind %s becomes the capability %j', (kind, capability) => {
  expect(createRuleBasedAnswer(`${kind} (v1, cluster)`).capabilities).toEqual([capability])
})

test.each([
  [8, 'low'],
  [9, 'medium'],
  [26, 'high'],
] as const)('a type with %i fields has the complexity %s', (count, complexity) => {
  const fields = Array.from({ length: count }, (_, index) => `  field${index} string`)
  const outline = ['Widget (v1, cluster)', 'Fields of spec:', ...fields].join('\n')
  expect(createRuleBasedAnswer(outline).complexity).toBe(complexity)
})

test.each([
  '',
  'no outline',
  `${'Aa'.repeat(60)} (v1, cluster)`,
  `W (v1)\nDescription: ${'x'.repeat(400)}`,
])('the outline %j has a valid rule-based answer', (outline) => {
  const answer = createRuleBasedAnswer(outline)
  expect(CapabilityAnswer.parse(answer)).toEqual(answer)
})
