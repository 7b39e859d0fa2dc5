import { expect, test } from 'vitest'
import { createCompatId, formatCompatName } from './compat-name.ts'

test.each([
  ['Service', '2eb9387a-ba18-5db8-8426-60bcd1d0d62b'],
  ['Deployment.apps', 'b120b11c-c57a-fcbb-b93c-ff373ad7cf77'],
])('NAM-1: the type %s has the same id as in dot-ai', (name, id) => {
  expect(createCompatId(name)).toBe(id)
})

test('NAM-2: types are named by kind and group, core types by their kind', () => {
  expect(formatCompatName({ kind: 'Cluster', group: 'postgresql.cnpg.io' })).toBe(
    'Cluster.postgresql.cnpg.io',
  )
  expect(formatCompatName({ kind: 'Pod', group: '' })).toBe('Pod')
})
