import fc from 'fast-check'
import { expect, test } from 'vitest'
import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import { widgetType } from '../test/schemas.ts'
import { resolveName } from './resolve-name.ts'
import { selectTypes } from './select-types.ts'
import { compileGlob } from './select/compile-glob.ts'

function type(
  plural: string,
  kind: string,
  group: string,
  more: Partial<ResourceType> = {},
): ResourceType {
  return { ...widgetType, plural, kind, group, singular: kind.toLowerCase(), ...more }
}

const types = [
  type('backups', 'Backup', 'postgresql.cnpg.io'),
  type('backups', 'Backup', 'velero.io'),
  type('clusters', 'Cluster', 'postgresql.cnpg.io'),
  type('compositions', 'Composition', 'apiextensions.crossplane.io'),
  type('controllerrevisions', 'ControllerRevision', 'apps'),
  type('deployments', 'Deployment', 'apps', { shortNames: ['deploy'] }),
  type('endpoints', 'Endpoints', '', { singular: 'endpoints', shortNames: ['ep'] }),
  type('events', 'Event', 'events.k8s.io', { shortNames: ['ev'] }),
  type('kafkas', 'Kafka', 'kafka.strimzi.io', { version: 'v1beta2', shortNames: ['k'] }),
  type('leases', 'Lease', 'coordination.k8s.io'),
  type('services', 'Service', '', { shortNames: ['svc'] }),
  type('services', 'Service', 'serving.knative.dev', { shortNames: ['ksvc'] }),
]

async function selected(include: string[], exclude: string[] = []): Promise<string[]> {
  return (await selectTypes(types, { include, exclude })).selected.map(resourceName)
}

test.each([
  ['deployments.apps', ['deployments.apps']],
  ['Deployment.apps', ['deployments.apps']],
  ['DEPLOYMENT', ['deployments.apps']],
  ['deploy', ['deployments.apps']],
  ['apps/v1/Deployment', ['deployments.apps']],
  ['deployments.v1.apps', ['deployments.apps']],
  ['v1/Service', ['services']],
  ['kafka.strimzi.io/v1beta2/Kafka', ['kafkas.kafka.strimzi.io']],
  ['Service', ['services', 'services.serving.knative.dev']],
  ['services', ['services', 'services.serving.knative.dev']],
  ['backup', ['backups.postgresql.cnpg.io', 'backups.velero.io']],
  ['Backup.*', ['backups.postgresql.cnpg.io', 'backups.velero.io']],
  ['*.velero.io', ['backups.velero.io']],
  ['*.cnpg.io', ['backups.postgresql.cnpg.io', 'clusters.postgresql.cnpg.io']],
  ['crossplane.io', ['compositions.apiextensions.crossplane.io']],
  ['velero.io', ['backups.velero.io']],
  ['*kafka*', ['kafkas.kafka.strimzi.io']],
  ['apps', ['deployments.apps']],
])('the pattern %s selects %j', async (pattern, expected) => {
  expect(await selected([pattern])).toEqual(expected)
})

test('without includes, all types except bookkeeping types are selected, which are excluded with a reason', async () => {
  const all = await selectTypes(types, { include: [], exclude: [] })
  expect(all.excluded.map(({ resource }) => resource)).toEqual([
    'controllerrevisions.apps',
    'endpoints',
    'events.events.k8s.io',
    'leases.coordination.k8s.io',
  ])
  expect(all.excluded.every(({ reason }) => reason.length > 5)).toBe(true)
  expect(all.selected).toHaveLength(types.length - 4)
  expect(await selectTypes(types, { include: ['*'], exclude: [] })).toEqual(all)
})

test('an include that names a bookkeeping type overrides the default', async () => {
  expect(await selected(['Lease', 'ep', 'controllerrevisions.*'])).toEqual([
    'controllerrevisions.apps',
    'endpoints',
    'leases.coordination.k8s.io',
  ])
  expect(await selected(['*.apps', '*.coordination.k8s.io'])).toEqual(['deployments.apps'])
})

test('an exclude overrides every include', async () => {
  const { selected: left, excluded } = await selectTypes(types, {
    include: ['*.apps', 'Lease'],
    exclude: ['deploy', 'Lease'],
  })
  expect(left).toEqual([])
  expect(excluded).toEqual([
    { resource: 'controllerrevisions.apps', reason: expect.stringContaining('controllers') },
    { resource: 'deployments.apps', reason: 'excluded by pattern' },
    { resource: 'leases.coordination.k8s.io', reason: 'excluded by pattern' },
  ])
})

test('an include that matches no type is reported with near names', async () => {
  const { unmatched } = await selectTypes(types, {
    include: ['deplyoments', 'Kafak', 'cluster', 'zzzzzz', 'postgres', '*.nowhere'],
    exclude: ['nothing.either'],
  })
  expect(unmatched).toEqual([
    { pattern: 'deplyoments', near: ['deployments.apps'] },
    { pattern: 'Kafak', near: ['kafkas.kafka.strimzi.io'] },
    { pattern: 'zzzzzz', near: [] },
    { pattern: 'postgres', near: ['backups.postgresql.cnpg.io', 'clusters.postgresql.cnpg.io'] },
    { pattern: '*.nowhere', near: [] },
  ])
})

test.each([
  ['services', 'services'],
  ['Service', 'services'],
  ['svc', 'services'],
  ['services.serving.knative.dev', 'services.serving.knative.dev'],
  ['serving.knative.dev/v1/Service', 'services.serving.knative.dev'],
  ['Backup.velero.io', 'backups.velero.io'],
  [' Deployment ', 'deployments.apps'],
])('%s is resolved to %s', async (name, resource) => {
  expect(await resolveName(types, name)).toMatchObject({ outcome: 'found', resource })
})

test('a name of several types is ambiguous, and an unknown name gets near names', async () => {
  expect(await resolveName(types, 'Backup')).toEqual({
    outcome: 'ambiguous',
    candidates: ['backups.postgresql.cnpg.io', 'backups.velero.io'],
  })
  expect(await resolveName(types, 'Deploymnet')).toEqual({
    outcome: 'unknown',
    near: ['deployments.apps'],
  })
  expect(await resolveName([], '')).toEqual({ outcome: 'unknown', near: [] })
})

test('every type is resolved by its own names', async () => {
  for (const one of types) {
    const { group, version, kind } = one
    const names = [
      resourceName(one),
      group === '' ? `${version}/${kind}` : `${group}/${version}/${kind}`,
    ]
    for (const name of names) {
      expect(await resolveName(types, name.toUpperCase())).toMatchObject({
        resource: resourceName(one),
      })
    }
  }
})

test('stars in a type pattern match like `.*` of a regular expression, in linear time', () => {
  const letters = fc.stringMatching(/^[ab*]{0,8}\*[ab*]{0,8}$/)
  fc.assert(
    fc.property(letters, fc.stringMatching(/^[ab]{0,8}$/), (pattern, name) => {
      const expression = new RegExp(`^${pattern.replaceAll('*', '.*')}$`)
      expect(compileGlob(pattern).matches(name)).toBe(expression.test(name))
    }),
  )
  expect(compileGlob(`${'*a'.repeat(100)}b`).matches('a'.repeat(10_000))).toBe(false)
})

test('a name of several types is reported as ambiguous, and groups and stars are not', async () => {
  const { ambiguous, selected: chosen } = await selectTypes(types, {
    include: ['Backup', 'services', 'deploy', 'crossplane.io', '*.velero.io', 'BACKUP'],
    exclude: [],
  })
  expect(ambiguous).toEqual([
    { pattern: 'Backup', resources: ['backups.postgresql.cnpg.io', 'backups.velero.io'] },
    { pattern: 'services', resources: ['services', 'services.serving.knative.dev'] },
  ])
  expect(chosen.map(resourceName)).toEqual(
    expect.arrayContaining(ambiguous.flatMap(({ resources }) => resources)),
  )
})

test('an exclude that matches no type of the cluster is reported, even if no include matches its type', async () => {
  const { unmatchedExcludes } = await selectTypes(types, {
    include: ['Kafka'],
    exclude: ['evnets', 'deploy', '*.nowhere'],
  })
  expect(unmatchedExcludes).toEqual([
    { pattern: 'evnets', near: ['events.events.k8s.io'] },
    { pattern: '*.nowhere', near: [] },
  ])
})

test('near names are searched for the first five unmatched patterns of includes and excludes together', async () => {
  const typos = ['Kafak', 'Deplyoment', 'Clutser', 'Lesae']
  const { unmatched, unmatchedExcludes } = await selectTypes(types, {
    include: typos,
    exclude: ['Kafak', 'Deplyoment'],
  })
  expect(unmatched.every(({ near }) => near.length > 0)).toBe(true)
  expect(unmatchedExcludes.map(({ near }) => near.length)).toEqual([1, 0])
})
