import { createServer, connect as connectTcp, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { testRedis } from '@capstan/testkit/redis'
import { until } from '@capstan/testkit/until'
import { connectRedis } from '@capstan/redis/connect'
import { subscribeToSignals } from '@capstan/redis/signals/subscribe-to-signals'
import { publishSignal, type Signal } from '@capstan/redis/signals/signal'

const SCAN = `scan_${'0'.repeat(32)}`

test('a subscriber receives signals and ignores other messages', async () => {
  const { url, keys } = testRedis()
  const redis = new Redis(url)
  const subscriber = connectRedis(url, 'subscriber', () => undefined)
  const seen: Signal[] = []
  const follower = await subscribeToSignals(subscriber, keys, (signal) => seen.push(signal))
  onTestFinished(async () => {
    await follower.stop()
    subscriber.disconnect()
    redis.disconnect()
  })
  await redis.publish(keys.signals, 'not JSON')
  await redis.publish(keys.signals, '{"type":"explode","scanId":"x"}')
  await publishSignal(redis, keys, { type: 'cancel', scanId: SCAN })
  await until('the signal', () => seen.length > 0 || undefined)
  expect(seen).toEqual([{ type: 'cancel', scanId: SCAN }])
})

test('a subscriber whose connection died without a reset receives signals again', async () => {
  const { url, keys } = testRedis()
  const redis = new Redis(url)
  const proxy = await startProxy(Number(new URL(url).port))
  const through = new URL(url)
  through.host = new URL(proxy.url).host
  const subscriber = connectRedis(through.href, 'subscriber', () => undefined)
  const seen: Signal[] = []
  const warnings: Error[] = []
  const warn = (warning: Error): void => void warnings.push(warning)
  process.on('warning', warn)
  onTestFinished(() => void process.off('warning', warn))
  const follower = await subscribeToSignals(subscriber, keys, (signal) => seen.push(signal), {
    pingMs: 100,
  })
  onTestFinished(async () => {
    await follower.stop()
    subscriber.disconnect()
    redis.disconnect()
    await proxy.close()
  })
  proxy.freeze()
  await until('the signal', async () => {
    await publishSignal(redis, keys, { type: 'pause', scanId: SCAN })
    return seen.length > 0 || undefined
  })
  expect(seen[0]).toEqual({ type: 'pause', scanId: SCAN })
  // Node.js would warn of too many listeners if the connection were closed at every unanswered PING.
  expect(warnings).toEqual([])
})

/** Forwards bytes. `freeze` keeps connections open but forwards nothing, like a lost NAT entry. */
async function startProxy(port: number) {
  const open = new Set<Socket>()
  const server = createServer((inner) => {
    const outer = connectTcp(port, '127.0.0.1')
    for (const socket of [inner, outer]) {
      open.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => open.delete(socket))
    }
    inner.pipe(outer).pipe(inner)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address() as AddressInfo
  return {
    url: `redis://127.0.0.1:${address.port}`,
    freeze: () => {
      for (const socket of open) socket.unpipe().pause()
    },
    close: async () => {
      for (const socket of open) socket.destroy()
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }
}
