import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { testRedis } from '@capstan/testkit/redis'
import { startTestProcess } from '@capstan/testkit/start-test-process'

const { url: redisUrl, keys } = testRedis()
/** Well above 511, the default backlog of Node. */
const CONNECTIONS = 1_500

test('connections that arrive while the event loop is busy wait in the kernel and are served', async ({
  skip,
}) => {
  const most = await readFile('/proc/sys/net/core/somaxconn', 'utf8').catch(() => '0')
  skip(Number(most) < CONNECTIONS, 'the kernel lets fewer connections wait')
  const api = await startTestProcess('api', {
    CAPSTAN_PROVIDER: 'demo',
    REDIS_URL: redisUrl,
    CAPSTAN_REDIS_PREFIX: keys.prefix,
    CAPSTAN_TOKEN: 'backlog-token-0123456789',
    PORT: '0',
  })
  const { port, hostname } = new URL(api.url)
  process.kill(api.pid, 'SIGSTOP')
  const sockets = Array.from({ length: CONNECTIONS }, () => connect(Number(port), hostname))
  onTestFinished(() => sockets.forEach((socket) => socket.destroy()))
  // A connection beyond the backlog is not established while the process is blocked.
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  process.kill(api.pid, 'SIGCONT')
  const answers = sockets.map(async (socket) => {
    socket.end('GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    return chunk.toString().split('\r\n')[0]
  })
  expect(new Set(await Promise.all(answers))).toEqual(new Set(['HTTP/1.1 200 OK']))
})
