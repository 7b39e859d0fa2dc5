import { expect, test } from 'vitest'
import { describeStarter } from './describe-starter.ts'

test.each([
  ['schedule:nightly', {}, { kind: 'schedule', name: 'nightly' }],
  ['watcher', {}, { kind: 'watcher', name: 'changes of the cluster' }],
  ['token:ci', {}, { kind: 'person', name: 'ci' }],
  ['local', {}, { kind: 'person', name: 'local' }],
  ['token:ci', { agent: 'planner' }, { kind: 'agent', name: 'planner' }],
])('a scan by %s with labels %o was started by %o', (createdBy, labels, starter) => {
  expect(describeStarter({ createdBy, labels })).toEqual(starter)
})
