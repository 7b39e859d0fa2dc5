import { expect, test } from 'vitest'
import { parseApiServices } from './parse-api-services.ts'

function service(group: string, available?: { status: string; reason?: string }, isLocal = false) {
  return {
    spec: { group, ...(isLocal ? {} : { service: { name: 'server', namespace: 'default' } }) },
    status: { conditions: available ? [{ type: 'Available', ...available }] : null },
  }
}

test('only groups of aggregated API servers are returned, with the reason of an outage', () => {
  const items = [
    service('apps', { status: 'True', reason: 'Local' }, true),
    service('metrics.k8s.io', { status: 'False', reason: 'FailedDiscoveryCheck' }),
    service('custom.metrics.k8s.io', { status: 'True', reason: 'Passed' }),
  ]
  expect(parseApiServices({ items })).toEqual([
    { group: 'metrics.k8s.io', outage: 'FailedDiscoveryCheck' },
    { group: 'custom.metrics.k8s.io', outage: undefined },
  ])
})

test('one unavailable or unchecked version makes its whole group unavailable', () => {
  const items = [
    service('a.example', { status: 'True' }),
    service('a.example', { status: 'Unknown', reason: 'NotAsked' }),
    service('b.example'),
    { spec: { group: 'c.example', service: {} } },
  ]
  expect(parseApiServices({ items }).map(({ outage }) => outage)).toEqual([
    'NotAsked',
    'not available',
    'not available',
  ])
})

test('a reason that is not a single word is replaced', () => {
  const items = [service('a.example', { status: 'False', reason: 'see <b>https://evil</b>' })]
  expect(parseApiServices({ items })[0]?.outage).toBe('not available')
})

test('an empty list has no groups, and other objects are rejected', () => {
  expect(parseApiServices({ items: null })).toEqual([])
  expect(() => parseApiServices({ kind: 'Status' })).toThrow('items')
})
