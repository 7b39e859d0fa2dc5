import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startOwnRedis } from '@capstan/testkit/own-redis'
import { testRedis } from '@capstan/testkit/redis'
import { until } from '@capstan/testkit/until'
import { ensureRedis } from '../src/ensure-redis.ts'
import { requiresPassword } from '../src/is-guarded.ts'
import { connect, ensure, freshFolder, listen, pathOfServer, pathWith, startOwner } from './rig.ts'

test('a given Redis is used as it is and left alone', async () => {
  const { url } = testRedis()
  const redis = await ensure({ redisUrl: url, path: '' })
  expect(redis).toMatchObject({ kind: 'given', url })
  expect(redis.description).toContain('(given)')
  await redis.stop()
  expect(await connect(url).ping()).toBe('PONG')
})

test('a given Redis that would evict jobs is refused with the command that mends it', async () => {
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

test('a given Redis without append-only file is used with a warning', async () => {
  const own = await startOwnRedis(['--appendonly', 'no'])
  try {
    const { warnings } = await ensure({ redisUrl: own.url, path: '' })
    expect(warnings).toEqual([expect.stringContaining('appendonly yes')])
  } finally {
    await own.stop()
  }
})

test('one of our own is private, durable and never evicts', async ({ skip }) => {
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

test('its data outlive a stop, under a new password', async ({ skip }) => {
  const path = await pathOfServer(skip)
  const first = await ensure({ path })
  await connect(first.url).set('kept', 'yes')
  await first.stop()
  const second = await ensure({ path, dataDir: first.dataDir })
  expect(second.url).not.toBe(first.url)
  expect(await connect(second.url).get('kept')).toBe('yes')
})

test('killed, it comes back on the same address and data, and says so', async ({ skip }) => {
  const redis = await ensure({ path: await pathOfServer(skip) })
  const client = connect(redis.url)
  await client.set('kept', 'yes')
  const pid = Number(/^process_id:(\d+)/m.exec(await client.info('server'))?.[1])
  process.kill(pid, 'SIGKILL')
  await until('the word of the restart', async () =>
    redis.lines.some((line) => line.includes('started again')) ? true : undefined,
  )
  const kept = await until('the restarted server', () =>
    connect(redis.url)
      .get('kept')
      .catch(() => undefined),
  )
  expect(kept).toBe('yes')
})

test('it ends with its owner, even by kill -9, and the next owner finds the data', async ({
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

test('two owners of one data folder: the second is told who the first is', async ({ skip }) => {
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

test('a server whose owner and guard were both killed is retired by the next owner', async ({
  skip,
}) => {
  const path = await pathOfServer(skip)
  const dataDir = await freshFolder()
  const owner = await startOwner(dataDir, path)
  const client = connect(owner.url)
  await client.set('kept', 'yes')
  const serverPid = Number(/^process_id:(\d+)/m.exec(await client.info('server'))?.[1])
  const guardPid = await parentOf(serverPid)
  // The guard first, stopped, so that it cannot end the server when its owner goes.
  process.kill(guardPid, 'SIGSTOP')
  await owner.kill()
  process.kill(guardPid, 'SIGKILL')
  expect(await answers(owner.url)).toBe(true)

  const next = await ensure({ path, dataDir })
  expect(await answers(owner.url)).toBe(false)
  expect(await connect(next.url).get('kept')).toBe('yes')
})

test('a server program that is too old or does not run is passed over with a word', async () => {
  const old = await pathWith('redis-server', '#!/bin/sh\necho "Redis server v=5.0.14 sha=0"\n')
  const broken = await pathWith(
    'valkey-server',
    '#!/bin/sh\necho "no such library" >&2; exit 127\n',
  )
  const told = listen()
  await expect(
    ensureRedis({
      path: `${old}:${broken}`,
      dataDir: await freshFolder(),
      cacheDir: await freshFolder(),
      signal: AbortSignal.timeout(240_000),
      ...told,
    }).then((redis) => redis.stop()),
  ).rejects.toThrow('Capstan needs Redis')
  expect(told.lines).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/version 5\.0\.14; Capstan needs 6\.2/),
      expect.stringMatching(/valkey-server is there but does not run/),
    ]),
  )
})

test('with nothing to be had, the error offers commands to copy', async () => {
  const fault = await ensure({ path: await freshFolder() }).catch((error: unknown) => error)
  expect(fault).toMatchObject({ code: 'REDIS_UNAVAILABLE' })
  const hint = String((fault as { hint?: string }).hint)
  expect(hint).toContain('apt-get install')
  expect(hint).toContain('export REDIS_URL=')
})

test('a fixed port that somebody else has is a clear error', async ({ skip }) => {
  const own = await startOwnRedis()
  try {
    const start = ensure({ path: await pathOfServer(skip), port: own.port })
    await expect(start).rejects.toMatchObject({
      code: 'REDIS_UNAVAILABLE',
      message: expect.stringMatching(/Redis we start .* failed/),
    })
    // Whoever answers there without asking for a password is not taken for ours.
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
