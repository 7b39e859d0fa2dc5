import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { API_NODE_OPTIONS } from '@capstan/shared/config/node-options'
import { readMemoryKib } from '@capstan/testkit/read-memory'
import { testRedis } from '@capstan/testkit/redis'
import { startTestProcess } from '@capstan/testkit/start-test-process'
import { writeCrdFolder } from '@capstan/testkit/crd-folder'

/** V8 may keep garbage for minutes in an idle process. */
const COLLECT_GARBAGE = import.meta.resolve('@capstan/testkit/collect-garbage')

async function openReader(url: string, id: string): Promise<void> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  socket.write(
    `GET /api/v1/scans/${id}/events HTTP/1.1\r\nHost: ${hostname}\r\nAccept: text/event-stream\r\n\r\n`,
  )
  let seen = ''
  while (!seen.includes('event: scan.progress')) {
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    seen = `${seen.slice(-50_000)}${chunk.toString('latin1')}`
  }
  socket.resume()
}

async function openReaders(url: string, id: string, count: number): Promise<void> {
  for (let opened = 0; opened < count; opened += 50) {
    await Promise.all(Array.from({ length: 50 }, () => openReader(url, id)))
  }
}

test('1,000 clients that follow a scan use at most 32 KiB of the process each', async ({
  skip,
}) => {
  skip(process.platform !== 'linux', 'only Linux reports the memory of another process')
  const folder = await mkdtemp(join(tmpdir(), 'capstan-readers-'))
  await writeCrdFolder(folder, 66)
  const { url: redisUrl, keys } = testRedis()
  const api = await startTestProcess('api', {
    REDIS_URL: redisUrl,
    CAPSTAN_REDIS_PREFIX: keys.prefix,
    CAPSTAN_PROVIDER: 'demo',
    CAPSTAN_CLUSTER_FILES: folder,
    NODE_OPTIONS: `${API_NODE_OPTIONS} --import=${COLLECT_GARBAGE}`,
    PORT: '0',
  })
  const headers = { 'content-type': 'application/json' }
  const init = { method: 'POST', headers, body: '{}' }
  const started = await fetch(`${api.url}/api/v1/scans`, init)
  const { id } = (await started.json()) as { id: string }
  // Warms up: code that is loaded once and the growth of the heap do not count for a client.
  await openReaders(api.url, id, 500)
  const before = await readMemoryKib(api.pid, 'VmRSS')
  await openReaders(api.url, id, 1_000)
  // Garbage of the connection setup is collected within a second.
  await expect
    .poll(async () => (await readMemoryKib(api.pid, 'VmRSS')) - before)
    .toBeLessThan(1_000 * 32)
})
