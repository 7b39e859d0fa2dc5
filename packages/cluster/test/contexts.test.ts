import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { expect, test } from 'vitest'
import { startApiServer } from './api-server.ts'
import { open, signal, writeTemporary } from './cluster.ts'

/** A kubeconfig with one context a server, each named like its cluster. */
function kubeconfig(servers: Record<string, string>, current?: string): string {
  return JSON.stringify({
    clusters: Object.entries(servers).map(([name, server]) => ({ name, cluster: { server } })),
    users: [{ name: 'u', user: { token: 't' } }],
    contexts: Object.keys(servers).map((name) => ({ name, context: { cluster: name, user: 'u' } })),
    'current-context': current,
  })
}

test('a context named default is read when asked by name, and the current one without a name', async () => {
  const [work, other] = [await startApiServer(), await startApiServer()]
  const path = writeTemporary('config', kubeconfig({ work: work.url, default: other.url }, 'work'))
  const clusters = open({ kubeconfig: path })
  expect(clusters.named('default')?.name).toBe('default')
  expect(clusters.named()?.name).toBe('work')
  expect(clusters.default).toBe(clusters.named('work'))
  await clusters.named('default')?.discover(signal())
  expect([work.calls.length, other.calls.length]).toEqual([0, 2])
  await clusters.named()?.discover(signal())
  expect([work.calls.length, other.calls.length]).toEqual([2, 2])
})

test('default means the configured cluster while no context has that name', () => {
  const path = writeTemporary('config', kubeconfig({ work: 'https://a', lab: 'https://b' }, 'work'))
  const clusters = open({ kubeconfig: path, context: 'lab' })
  expect(clusters.named('default')).toBe(clusters.named('lab'))
  expect(clusters.named()).toBe(clusters.named('lab'))
})

test('a missing file among those of KUBECONFIG is a warning with its path', () => {
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

test('clusters can be opened once the kubeconfig is written, completed and correct', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'capstan-late-')), 'config')
  expect(() => open({ kubeconfig: path })).toThrow(`no kubeconfig at ${path}`)
  writeFileSync(path, 'clusters: [')
  expect(() => open({ kubeconfig: path })).toThrow('not readable as YAML')
  writeFileSync(path, kubeconfig({ work: 'https://a' }, 'lab'))
  expect(() => open({ kubeconfig: path })).toThrow('no context "lab"')
  writeFileSync(path, kubeconfig({ work: 'https://a' }, 'work'))
  expect(open({ kubeconfig: path }).named()?.name).toBe('work')
})
