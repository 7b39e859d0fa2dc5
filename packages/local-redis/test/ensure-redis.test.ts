import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startOwnRedis } from '@capstan/testkit/own-redis'
import { testRedis } from '@capstan/testkit/redis'
import { until } from '@capstan/testkit/until'
import { ensureRedis } from '../src/ensure-redis.ts'
import { requiresPassword } from '../src/requires-password.ts'
import {
  connect,
  ensure,
  freshFolder,
  collectProgress,
  pathOfServer,
  pathWith,
  startOwner,
} from './rig.ts'

test('a given Redis is used unchanged and keeps running after stop', async () => {
  const { url } = testRedis()
  const redis = await ensure({ redisUrl: url, path: '' })
  expect(redis).toMatchObject({ kind: 'given', url })
  expect(redis.description).toContain('(given)')
  await redis.stop()
  expect(await connect(url).ping()).toBe('PONG')
})

test('a given Redis that would evict jobs is rejected with the command that fixes it', async () => {
  const own = await startOwnRedis(['--maxmemory-policy', 'allkeys-lru'])
  try {
    await expect(ensure({ redisUrl: own.url, path: '' })).rejects.toMatchObject({
      code: 'REDIS_UNAVAILABLE',
      message: expect.stringContaining('allkeys-lru'),
      hint: expect.stringContaining('maxmemory-policy noeviction'),
    })
  } finally {
    await own.stop()
  }
})

test('a given Redis without an append-only file is used with a warning', async () => {
  const own = await startOwnRedis(['--appendonly', 'no'])
  try {
    const { warnings } = await ensure({ redisUrl: own.url, path: '' })
    expect(warnings).toEqual([expect.stringContaining('appendonly yes')])
  } finally {
    await own.stop()
  }
})

test('a started Redis is private, durable and never evicts keys', async ({ skip }) => {
  const redis = await ensure({ path: await pathOfServer(skip) })
  expect(redis).toMatchObject({ kind: 'process', warnings: [] })
  const { password, hostname } = new URL(redis.url)
  expect(hostname).toBe('127.0.0.1')
  expect(redis.description).not.toContain(password)
  const client = connect(redis.url)
  expect(await client.config('GET', 'appendonly')).toEqual(['appendonly', 'yes'])
  expect(await client.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction'])
  expect(await requiresPassword(redis.url)).toBe(true)
  const stranger = connect(redis.url.replace(`:${password}@`, ''))
  await expect(stranger.ping()).rejects.toThrow('NOAUTH')
  expect((await stat(join(redis.dataDir, 'redis'))).mode & 0o077).toBe(0)
  expect((await stat(join(redis.dataDir, 'redis/redis.conf'))).mode & 0o077).toBe(0)
})

test('a started Redis keeps its data after a stop and gets a new password', async ({ skip }) => {
  const path = await pathOfServer(skip)
  const first = await ensure({ path })
  await connect(first.url).set('kept', 'yes')
  await first.stop()
  const second = await ensure({ path, dataDir: first.dataDir })
  expect(second.url).not.toBe(first.url)
  expect(await connect(second.url).get('kept')).toBe('yes')
})

test('a killed Redis is restarted with the same address and data, and a progress line reports it', async ({
  skip,
}) => {
  const redis = await ensure({ path: await pathOfServer(skip) })
  const client = connect(redis.url)
  await client.set('kept', 'yes')
  const pid = Number(/^process_id:(\d+)/m.exec(await client.info('server'))?.[1])
  process.kill(pid, 'SIGKILL')
  await until('the report of the restart', async () =>
    redis.lines.some((line) => line.includes('was restarted')) ? true : undefined,
  )
  const kept = await until('the restarted server', () =>
    connect(redis.url)
      .get('kept')
      .catch(() => undefined),
  )
  expect(kept).toBe('yes')
})

test('a started Redis stops with the process that owns it, even after kill -9, and the next owner finds the data', async ({
  skip,
}) => {
  const path = await pathOfServer(skip)
  const dataDir = await freshFolder()
  const owner = await startOwner(dataDir, path)
  await connect(owner.url).set('kept', 'yes')
  await owner.kill()
  await until('the end of the server', async () => ((await answers(owner.url)) ? undefined : true))
  const next = await ensure({ path, dataDir })
  expect(await connect(next.url).get('kept')).toBe('yes')
})

test('a second owner of a data folder gets an error with the pid of the first', async ({
  skip,
}) => {
  const path = await pathOfServer(skip)
  const dataDir = await freshFolder()
  const owner = await startOwner(dataDir, path)
  await expect(ensure({ path, dataDir })).rejects.toMatchObject({
    code: 'REDIS_UNAVAILABLE',
    message: expect.stringContaining(`process ${owner.pid}`),
    hint: expect.stringContaining('REDIS_URL'),
  })
  expect(await answers(owner.url)).toBe(true)
})

test('a server whose owner and supervisor were killed is shut down by the next owner', async ({
  skip,
}) => {
  const path = await pathOfServer(skip)
  const dataDir = await freshFolder()
  const owner = await startOwner(dataDir, path)
  const client = connect(owner.url)
  await client.set('kept', 'yes')
  const serverPid = Number(/^process_id:(\d+)/m.exec(await client.info('server'))?.[1])
  const supervisorPid = await parentOf(serverPid)
  // The supervisor is stopped first, so that it cannot end the server when its owner is killed.
  process.kill(supervisorPid, 'SIGSTOP')
  await owner.kill()
  process.kill(supervisorPid, 'SIGKILL')
  expect(await answers(owner.url)).toBe(true)

  const next = await ensure({ path, dataDir })
  expect(await answers(owner.url)).toBe(false)
  expect(await connect(next.url).get('kept')).toBe('yes')
})

test('a server program that is too old or does not run is skipped and reported', async () => {
  const old = await pathWith('redis-server', '#!/bin/sh\necho "Redis server v=5.0.14 sha=0"\n')
  const broken = await pathWith(
    'valkey-server',
    '#!/bin/sh\necho "no such library" >&2; exit 127\n',
  )
  const progress = collectProgress()
  await expect(
    ensureRedis({
      path: `${old}:${broken}`,
      dataDir: await freshFolder(),
      cacheDir: await freshFolder(),
      signal: AbortSignal.timeout(240_000),
      ...progress,
    }).then((redis) => redis.stop()),
  ).rejects.toThrow('Capstan needs Redis')
  expect(progress.lines).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/version 5\.0\.14; Capstan needs 6\.2/),
      expect.stringMatching(/valkey-server exists but does not run/),
    ]),
  )
})

test('if Redis can be neither found nor run in a container nor downloaded, the error lists commands to copy', async () => {
  const fault = await ensure({ path: await freshFolder() }).catch((error: unknown) => error)
  expect(fault).toMatchObject({ code: 'REDIS_UNAVAILABLE' })
  const hint = String((fault as { hint?: string }).hint)
  expect(hint).toContain('apt-get install')
  expect(hint).toContain('export REDIS_URL=')
})

test('a fixed port that another process uses is a clear error', async ({ skip }) => {
  const own = await startOwnRedis()
  try {
    const start = ensure({ path: await pathOfServer(skip), port: own.port })
    await expect(start).rejects.toMatchObject({
      code: 'REDIS_UNAVAILABLE',
      message: expect.stringMatching(/Redis \(.* failed/),
    })
    // A server on this port without a password is not accepted as the started one.
    expect(await requiresPassword(own.url)).toBe(false)
  } finally {
    await own.stop()
  }
})

async function answers(url: string): Promise<boolean> {
  const client = connect(url)
  const reply = await Promise.race([
    client.ping(),
    new Promise<undefined>((resolve) => client.once('error', () => resolve(undefined))),
  ]).catch(() => undefined)
  client.disconnect()
  return reply === 'PONG'
}

async function parentOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}
