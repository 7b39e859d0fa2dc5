import { hash, randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Redis } from 'ioredis'
import { afterAll, expect, test } from 'vitest'
import { testRedis } from '@capstan/testkit/redis'
import { preloadLuaScripts, defineLuaScript } from '@capstan/redis/lua-script'

const { url, keys } = testRedis()
const redis = new Redis(url)
const directory = await mkdtemp(join(tmpdir(), 'capstan-lua-'))
afterAll(async () => {
  await redis.quit()
  await rm(directory, { recursive: true, force: true })
})

/** Creates a script that the server does not have. */
async function scriptFile(text: string): Promise<URL> {
  const file = join(directory, `${randomUUID()}.lua`)
  await writeFile(file, `-- ${randomUUID()}\n${text}`)
  return pathToFileURL(file)
}

test('a script that the server does not have is sent once and then runs by its hash', async () => {
  const script = defineLuaScript(await scriptFile('return { KEYS[1], ARGV[1] }'))
  expect(await script.run(redis, [keys.layout], ['first'])).toEqual([keys.layout, 'first'])
  expect(await script.run(redis, [keys.layout], [2])).toEqual([keys.layout, '2'])
})

test('preloading sends the scripts of a process before any of them runs', async () => {
  const file = await scriptFile('return 1')
  defineLuaScript(file)
  const text = await readFile(file, 'utf8')
  const known = () => redis.script('EXISTS', hash('sha1', text))
  expect(await known()).toEqual([0])
  await preloadLuaScripts(redis)
  expect(await known()).toEqual([1])
})

test('preloading does not fail while the server is unreachable; each script is sent when it runs', async () => {
  defineLuaScript(await scriptFile('return 1'))
  const away = new Redis({ port: 1, lazyConnect: true, enableOfflineQueue: false })
  await expect(preloadLuaScripts(away)).resolves.toBeUndefined()
  away.disconnect()
})

test('a prelude comes before the script', async () => {
  const prelude = await scriptFile('local function double(n) return n * 2 end')
  const script = defineLuaScript(await scriptFile('return double(tonumber(ARGV[1]))'), prelude)
  expect(await script.run(redis, [], [21])).toBe(42)
})

test('an error of the script itself reaches the caller and does not resend the script', async () => {
  const script = defineLuaScript(await scriptFile("return redis.error_reply('BROKEN on purpose')"))
  await expect(script.run(redis, [], [])).rejects.toThrow('BROKEN on purpose')
})

test('a script runs with more than 100,000 arguments', async () => {
  const script = defineLuaScript(await scriptFile('return #ARGV'))
  const many = Array.from({ length: 200_000 }, (_, index) => index)
  expect(await script.run(redis, [], many)).toBe(200_000)
})
