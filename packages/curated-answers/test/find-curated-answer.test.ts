import { expect, test } from 'vitest'
import { CapabilityAnswer, InferredCapability } from '@capstan/shared/contract/inferred-capability'
import { ModelName } from '@capstan/shared/contract/model-name'
import type { ResourceType } from '@capstan/shared/contract/resource-type'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { CuratedFile, type FamilyFile } from '../src/curated-data.ts'
import { CURATED_VERSION, findCuratedAnswer } from '../src/find-curated-answer.ts'
import { listServiceGroups } from '../src/list-service-groups.ts'
import { readDataFiles } from '../src/data-files.ts'

const FILES = [...readDataFiles().values()].map((content) => CuratedFile.parse(content))
const ROWS = FILES.flatMap((file) => ('rows' in file ? file.rows : []))
const FAMILIES = FILES.filter((file) => 'services' in file)

type Facts = Pick<ResourceType, 'group' | 'kind' | 'plural' | 'scope'>

function find(facts: Facts, outline = '') {
  const { group, kind, plural, scope } = facts
  const { type } = makeDefinition(kind)
  return findCuratedAnswer({ type: { ...type, group, kind, plural, scope }, outline })
}

function listFamilyTypes(family: FamilyFile): Facts[] {
  return listServiceGroups(family).flatMap(({ group, scope, row }) =>
    Object.entries(row.facts.kinds).map(([plural, kind]) => ({ group, kind, plural, scope })),
  )
}

test('each row answers its type', () => {
  for (const { type, facts, fields: _fields, ...answer } of ROWS) {
    expect([type, find(facts)]).toEqual([type, InferredCapability.parse(answer)])
  }
  expect(ROWS.length).toBeGreaterThanOrEqual(600)
})

test('each generated type has an answer within the bounds of the schema, whatever its description', () => {
  const longest = `x\nDescription: ${'A word. '.padEnd(400, 'Another word ')}`
  for (const facts of FAMILIES.flatMap(listFamilyTypes)) {
    for (const outline of ['', longest, `x\nDescription: ${'w'.repeat(239)}.`]) {
      const answer = find(facts, outline)
      expect([facts.kind, CapabilityAnswer.safeParse(answer).error]).toEqual([
        facts.kind,
        undefined,
      ])
      expect(answer?.confidence).toBeLessThanOrEqual(0.85)
    }
  }
  expect(FAMILIES.flatMap(({ services }) => services).length).toBeGreaterThanOrEqual(341)
})

test('a longest possible kind of a known service has an answer within the bounds of the schema', () => {
  for (const { group, scope } of FAMILIES.flatMap(listServiceGroups)) {
    const answer = find({ group, kind: 'Ab'.repeat(126), plural: 'abs', scope })
    expect(CapabilityAnswer.safeParse(answer).error).toBeUndefined()
  }
})

test('a core type, a type with a CRD and a generated type have answers', () => {
  const service = { group: '', kind: 'Service', plural: 'services', scope: 'Namespaced' } as const
  const certificate = {
    group: 'cert-manager.io',
    kind: 'Certificate',
    plural: 'certificates',
    scope: 'Namespaced',
  } as const
  const bucket = {
    group: 's3.aws.upbound.io',
    kind: 'Bucket',
    plural: 'buckets',
    scope: 'Cluster',
  } as const
  expect(find(service)?.providers).toEqual([])
  expect(find(certificate)?.providers).toContain('cert-manager')
  expect(find(bucket)?.capabilities[0]).toBe('bucket of Amazon S3')
  expect(find({ ...service, scope: 'Cluster' })).toBeUndefined()
  expect(find({ ...certificate, kind: 'Other' })).toBeUndefined()
  expect(find({ ...bucket, scope: 'Namespaced' })).toBeUndefined()
  expect(find({ ...service, group: 'example.com' })).toBeUndefined()
})

test('an answer depends on the question alone', () => {
  const bucket = {
    group: 's3.aws.upbound.io',
    kind: 'Bucket',
    plural: 'buckets',
    scope: 'Cluster',
  } as const
  expect(find(bucket, 'x\nDescription: The first text.')).not.toEqual(
    find(bucket, 'x\nDescription: The second text.'),
  )
  expect(find(bucket, 'x\nDescription: The first text.')).toEqual(
    find(bucket, 'x\nDescription: The first text.'),
  )
})

test('the version can be the model name of a provenance', () => {
  expect(ModelName.parse(CURATED_VERSION)).toBe(CURATED_VERSION)
})
