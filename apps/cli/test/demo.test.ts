import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { testRedis } from '@capstan/testkit/redis'
import { createFreshMachine } from './fresh-machine.ts'
import { filterRunningProcesses, listChildProcesses } from './process-tree.ts'
import { runCapstan, spawnCapstan } from './run-capstan.ts'

const HONEST = 'Cluster and model were simulators: no model was called'

async function demoFolders(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith('capstan-demo-'))
}

test('on a fresh machine the demo scans all 66 types and leaves nothing behind', async () => {
  const machine = await createFreshMachine()
  const before = await demoFolders()
  const demo = spawnCapstan(['demo', '--latency', '1000-1200'], machine.environment)
  await demo.waitForText('/66')
  const children = await listChildProcesses(demo.pid)
  // Redis and its supervisor, cluster, provider, API and two workers.
  expect(children.length).toBe(6)
  expect(await demo.ended, demo.err()).toBe(0)

  const table = demo.out().split('\n\n')[0]?.split('\n') ?? []
  expect(table[0]).toMatch(/^RESOURCE +COMPLEXITY +CONFIDENCE +SOURCE +CAPABILITIES$/)
  expect(table).toHaveLength(67)
  expect(demo.out()).toContain('66 types analyzed.')
  expect(demo.out()).toMatch(/^ {2}took +\d.*\n {2}one after another +\d.*sum/m)
  expect(demo.out()).toMatch(/speed-up +\d+ times as fast/)
  expect(demo.out()).toContain('Search: postgres with backups')
  expect(demo.out()).toContain(HONEST)
  expect(demo.out()).toMatch(/then `(npx .*)?capstan up`/)

  expect(filterRunningProcesses(children)).toEqual([])
  const after = await demoFolders()
  expect(after.filter((name) => !before.includes(name))).toEqual([])
})

test('Ctrl-C during a demo stops every process and exits with 130', async () => {
  const machine = await createFreshMachine()
  const before = await demoFolders()
  const args = ['demo', '--types', '*.apps', '--latency', '60000']
  const demo = spawnCapstan(args, { ...machine.environment, REDIS_URL: testRedis().url })
  await demo.waitForText('/4')
  const children = await listChildProcesses(demo.pid)
  expect(children.length).toBe(5)
  demo.kill('SIGINT')
  expect(await demo.ended).toBe(130)
  expect(filterRunningProcesses(children)).toEqual([])
  expect((await demoFolders()).filter((name) => !before.includes(name))).toEqual([])
})

test('an unusable Redis is reported before anything starts', async () => {
  const { environment } = await createFreshMachine()
  const ran = await runCapstan(['demo'], {
    environment: { ...environment, REDIS_URL: 'redis://127.0.0.1:9' },
  })
  expect(ran).toMatchObject({ code: 4, out: '' })
  expect(ran.err).toContain('127.0.0.1:9')
})
