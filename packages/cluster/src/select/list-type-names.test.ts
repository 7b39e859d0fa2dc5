import { expect, test } from 'vitest'
import type { ResourceType } from '@capstan/shared/contract/resource-type'
import { resolveName } from '../resolve-name.ts'
import { selectTypes } from '../select-types.ts'

function typeOf(group: string, version: string, plural: string, kind: string): ResourceType {
  const singular = kind.toLowerCase()
  const origin = 'builtin'
  const lists = { verbs: ['list'], shortNames: [], categories: [] }
  return { group, version, plural, kind, singular, origin, scope: 'Namespaced', ...lists }
}

const TYPES = [
  typeOf('batch', 'v1', 'cronjobs', 'CronJob'),
  typeOf('', 'v1', 'pods', 'Pod'),
  typeOf('gateway.networking.k8s.io', 'v1', 'gateways', 'Gateway'),
]

test.each([
  ['batch/v1/cronjobs', 'cronjobs.batch'],
  ['batch/v1/CronJob', 'cronjobs.batch'],
  ['Batch/V1/CronJobs', 'cronjobs.batch'],
  ['batch/cronjobs', 'cronjobs.batch'],
  ['v1/pods', 'pods'],
  ['/v1/pods', 'pods'],
  ['core/v1/pods', 'pods'],
  ['v1/Pod', 'pods'],
  ['gateway.networking.k8s.io/v1/gateways', 'gateways.gateway.networking.k8s.io'],
])('%s names the type %s, in a scan and in a look-up', async (name, resource) => {
  expect(await resolveName(TYPES, name)).toMatchObject({ outcome: 'found', resource })
  const { selected, unmatched } = await selectTypes(TYPES, { include: [name], exclude: [] })
  expect(selected).toEqual([TYPES.find(({ plural }) => resource.startsWith(plural))])
  expect(unmatched).toEqual([])
  const rest = await selectTypes(TYPES, { include: ['*'], exclude: [name] })
  expect(rest.selected).toHaveLength(2)
})

test.each(['batch/v2/cronjobs', 'apps/v1/cronjobs', 'v1/cronjobs', 'batch/v1'])(
  '%s names no type',
  async (name) => {
    expect((await resolveName(TYPES, name)).outcome).toBe('unknown')
  },
)
