import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { expect, test } from 'vitest'
import { startApiServer } from './api-server.ts'
import { open, signal, writeTemporary } from './cluster.ts'

/** A kubeconfig with one context per server, named like its cluster. */
function kubeconfig(servers: Record<string, string>, current?: string): string {
  return JSON.stringify({
    clusters: Object.entries(servers).map(([name, server]) => ({ name, cluster: { server } })),
    users: [{ name: 'u', user: { token: 't' } }],
    contexts: Object.keys(servers).map((name) => ({ name, context: { cluster: name, user: 'u' } })),
    'current-context': current,
  })
}

test('the name default selects a context of that name, and no name selects the current context', async () => {
  const [work, other] = [await startApiServer(), await startApiServer()]
  const path = writeTemporary('config', kubeconfig({ work: work.url, default: other.url }, 'work'))
  const clusters = open({ kubeconfig: path })
  expect(clusters.find('default')?.name).toBe('default')
  expect(clusters.find()?.name).toBe('work')
  expect(clusters.default).toBe(clusters.find('work'))
  await clusters.find('default')?.discover(signal())
  expect([work.calls.length, other.calls.length]).toEqual([0, 2])
  await clusters.find()?.discover(signal())
  expect([work.calls.length, other.calls.length]).toEqual([2, 2])
})

test('the name default selects the configured cluster if no context has that name', () => {
  const path = writeTemporary('config', kubeconfig({ work: 'https://a', lab: 'https://b' }, 'work'))
  const clusters = open({ kubeconfig: path, context: 'lab' })
  expect(clusters.find('default')).toBe(clusters.find('lab'))
  expect(clusters.find()).toBe(clusters.find('lab'))
})

test('a missing file in KUBECONFIG causes a warning with its path', () => {
  const path = writeTemporary('config', kubeconfig({ work: 'https://a' }, 'work'))
  const kubeconfigs = ['/nowhere/one', path, '/nowhere/two'].join(delimiter)
  const warnings: string[] = []
  const clusters = open({ kubeconfig: kubeconfigs, onWarning: (one) => warnings.push(one) })
  expect(clusters.default.name).toBe('work')
  expect(warnings).toEqual([
    'KUBECONFIG names /nowhere/one, which does not exist',
    'KUBECONFIG names /nowhere/two, which does not exist',
  ])
})

test('opening the clusters succeeds once the kubeconfig exists, is complete and is valid', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'capstan-late-')), 'config')
  expect(() => open({ kubeconfig: path })).toThrow(`no kubeconfig at ${path}`)
  writeFileSync(path, 'clusters: [')
  expect(() => open({ kubeconfig: path })).toThrow('not readable as YAML')
  writeFileSync(path, kubeconfig({ work: 'https://a' }, 'lab'))
  expect(() => open({ kubeconfig: path })).toThrow('no context "lab"')
  writeFileSync(path, kubeconfig({ work: 'https://a' }, 'work'))
  expect(open({ kubeconfig: path }).find()?.name).toBe('work')
})
