import { expect, test } from 'vitest'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { composeServiceAnswer } from './compose-service-answer.ts'
import type { ServiceRow } from './curated-data.ts'

const FAMILY = {
  providers: ['Crossplane', 'AWS'],
  complexity: 'medium' as const,
  kindsNameService: false,
}

const ROW: ServiceRow = {
  group: 'rds.aws.upbound.io',
  service: 'Amazon RDS',
  capabilities: ['managed relational database in AWS'],
  abstractions: ['database backups and patching'],
  description: 'Amazon RDS runs relational databases.',
  useCase: 'For a database that AWS operates.',
  searchPhrases: ['managed postgres on aws', 'managed mysql on aws'],
  confidence: 0.95,
  facts: { versions: ['v1beta1'], kinds: {} },
}

function compose(kind: string, outline: string, row = ROW, kindsNameService = false) {
  const family = { ...FAMILY, kindsNameService }
  return composeServiceAnswer(
    family,
    { row, isNamespacedTwin: false },
    makeDefinition(kind, { outline }),
  )
}

test('an answer names the kind in words, and has the text of its service', () => {
  const outline =
    'DBInstance (rds.aws.upbound.io/v1beta1, cluster)\nNames: dbinstances\nDescription: Provides an RDS instance. It can be a replica.\nFields:'
  expect(compose('DBInstance', outline)).toEqual({
    capabilities: ['DB instance of Amazon RDS', 'managed relational database in AWS'],
    providers: ['Crossplane', 'AWS'],
    abstractions: ['database backups and patching'],
    complexity: 'medium',
    description: 'Amazon RDS runs relational databases. Provides an RDS instance.',
    useCase: 'For a database that AWS operates.',
    confidence: 0.85,
    searchPhrases: ['managed postgres on aws', 'managed mysql on aws'],
  })
})

test('a kind that only belongs to its service has its own capability, and no use case and search phrase of the service', () => {
  const row = { ...ROW, mainKinds: ['dbinstances'] }
  const group = compose('DBParameterGroup', '', row)
  expect(group.capabilities).toEqual(['DB parameter group of Amazon RDS'])
  expect(group.abstractions).toEqual([])
  expect(group.searchPhrases).toEqual([])
  expect(group.useCase).toBe('')
  expect(group.description).toBe(
    'DB parameter group of Amazon RDS. Amazon RDS runs relational databases.',
  )
  expect(compose('DBInstance', '', row)).toEqual(compose('DBInstance', ''))
})

test('a kind has its own words, capability, search phrases and use case', () => {
  const own = {
    words: 'connection pool',
    capabilities: ['connection pool in front of RDS'],
    searchPhrases: ['connection pooling for functions'],
    useCase: 'For many short connections.',
  }
  const row = {
    ...ROW,
    mainKinds: ['dbinstances'],
    kindTexts: { dbproxies: own, dbinstances: own },
  }
  const composeProxy = (outline: string) => {
    const definition = makeDefinition('DBProxy', { outline })
    return composeServiceAnswer(
      FAMILY,
      { row, isNamespacedTwin: false },
      { ...definition, type: { ...definition.type, plural: 'dbproxies' } },
    )
  }
  const proxy = composeProxy('')
  expect(proxy).toMatchObject({
    capabilities: ['connection pool of Amazon RDS', 'connection pool in front of RDS'],
    abstractions: [],
    description:
      'Connection pool of Amazon RDS: connection pool in front of RDS. Amazon RDS runs relational databases.',
    useCase: 'For many short connections.',
    searchPhrases: ['connection pooling for functions'],
  })
  expect(composeProxy('Description: Provides an RDS proxy.').description).toBe(
    'Connection pool of Amazon RDS: connection pool in front of RDS. Provides an RDS proxy.',
  )
  const main = compose('DBInstance', '', row)
  expect(main.description).toBe(
    'Connection pool of Amazon RDS. Amazon RDS runs relational databases.',
  )
  expect(main.capabilities).toEqual([...proxy.capabilities, ...ROW.capabilities])
  expect(main.searchPhrases).toEqual([...proxy.searchPhrases, ...ROW.searchPhrases])
  expect(main.useCase).toBe('For many short connections.')
})

test('a kind of another product in the same API group is named with its own product', () => {
  const row = { ...ROW, kindTexts: { vpcs: { service: 'Amazon VPC' } } }
  const definition = makeDefinition('VPC', { outline: '' })
  const { capabilities } = composeServiceAnswer(
    FAMILY,
    { row, isNamespacedTwin: true },
    { ...definition, type: { ...definition.type, plural: 'vpcs' } },
  )
  expect(capabilities[0]).toBe('VPC of Amazon VPC (namespaced)')
})

test.each([
  ['one without a full stop', 'Description: Manages a detector', ' Manages a detector.'],
  ['abbreviations', 'Description: Sets a value, e.g. A. More.', ' Sets a value, e.g. A.'],
])('a description ends with the first sentence about the kind: %s', (_, outline, expected) => {
  const { description } = compose('DBInstance', outline)
  expect(description).toBe(`Amazon RDS runs relational databases.${expected}`)
})

test.each([
  ['no description', 'Names: dbinstances'],
  ['a first sentence that is cut', 'Description: Manages the long…'],
  ['the rest of a cut sentence', 'Description: Use the.'],
  ['a sentence about reading the object', 'Description: Provides details about a subnet group.'],
  ['a first sentence of more than 240 characters', `Description: ${'word '.repeat(60)}end.`],
])('a description starts with the kind if the outline has %s', (_, outline) => {
  expect(compose('SubnetGroup', outline).description).toBe(
    'Subnet group of Amazon RDS. Amazon RDS runs relational databases.',
  )
})

test('the name of a service at the start of a kind is not repeated', () => {
  const row = { ...ROW, group: 'bigquery.cnrm.cloud.google.com', service: 'BigQuery' }
  const named = (kind: string, change: Partial<ServiceRow>) =>
    compose(kind, '', { ...row, ...change }, true).capabilities[0]
  expect(named('BigQueryDataset', {})).toBe('dataset of BigQuery')
  expect(named('VertexAIEndpoint', { service: 'Vertex AI (classic)' })).toBe(
    'endpoint of Vertex AI (classic)',
  )
  expect(named('CCInsightsView', { service: 'CX Insights', kindPrefix: 'CCInsights' })).toBe(
    'view of CX Insights',
  )
  // Not a name of the service: a word that begins with its letters.
  expect(named('Batches', { group: 'batch.x', service: 'Batch' })).toBe('batches of Batch')
  expect(compose('AutoscalingGroup', '', { ...row, group: 'autoscaling.x' }).capabilities[0]).toBe(
    'autoscaling group of BigQuery',
  )
})
