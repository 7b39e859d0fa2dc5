import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { writeCrdFolder } from '@capstan/testkit/crd-folder'
import { COMPILE_CACHE } from '@capstan/testkit/compile-cache'
import { findNginx } from '@capstan/testkit/nginx/find-nginx'
import { startNginx } from '@capstan/testkit/nginx/start-nginx'
import { startReverseProxy } from '@capstan/testkit/network/start-reverse-proxy'
import { openTestBrowser } from '@capstan/testkit/browser/open-test-browser'
import { testRedis } from '@capstan/testkit/redis'
import { readRedis } from './read-redis.ts'
import { startTestStack, temporaryFolder, type TestStack } from './test-stack.ts'

const PREFIX = '/canary-prefix'
const CLI = fileURLToPath(new URL('../apps/cli/src/main.ts', import.meta.url))

interface Below {
  stack: TestStack
  /** Origin of the proxy. */
  origin: string
  redisUrl: string
}

/** A real API and worker behind a proxy that strips the prefix and sends it in the header. */
async function startBelow(): Promise<Below> {
  const { url: redisUrl, keys } = testRedis()
  const folder = await temporaryFolder()
  await writeCrdFolder(folder, 3)
  const stack = await startTestStack({
    environment: { REDIS_URL: redisUrl, CAPSTAN_REDIS_PREFIX: keys.prefix },
    api: { CAPSTAN_CLUSTER_FILES: folder, CAPSTAN_TRUSTED_PROXIES: 'loopback' },
    worker: { CAPSTAN_PROVIDER: 'demo' },
  })
  const headers = { 'x-forwarded-prefix': PREFIX }
  const origin = await startReverseProxy(stack.api.url, { prefix: PREFIX, strips: true, headers })
  return { stack, origin, redisUrl }
}

async function capstan(server: string, args: string[]): Promise<string> {
  const path = { PATH: process.env['PATH'], HOME: '/nowhere', ...COMPILE_CACHE }
  const env = { ...path, CAPSTAN_SERVER: server, NO_COLOR: '1' }
  const { stdout } = await promisify(execFile)(process.execPath, [CLI, ...args], { env })
  return stdout
}

test('below a path prefix the CLI scans to the end, and Redis does not contain the prefix', async () => {
  const { stack, origin, redisUrl } = await startBelow()
  const out = await capstan(`${origin}${PREFIX}/`, ['scan', '--wait', '-o', 'json'])
  const scan = Scan.parse(JSON.parse(out))
  expect(scan).toMatchObject({
    status: 'succeeded',
    links: { self: `${PREFIX}/api/v1/scans/${scan.id}` },
  })
  expect(await capstan(`${origin}${PREFIX}`, ['get', 'scans'])).toContain(scan.id)
  expect(
    (await fetch(`${origin}${scan.links.events}`, { headers: { accept: 'text/event-stream' } }))
      .status,
  ).toBe(200)
  expect((await stack.read(scan.id)).links.self).toBe(`/api/v1/scans/${scan.id}`)
  const stored = await readRedis(redisUrl)
  expect([...stored.values()].join('\n')).toContain(scan.id)
  for (const [key, value] of stored) expect(value.includes('canary-prefix'), key).toBe(false)
})

test('below a path prefix a browser shows board and API reference without requests outside the prefix', async ({
  skip,
}) => {
  const { stack, origin } = await startBelow()
  const id = await stack.scan({})
  await stack.settled(id)
  const { page, faults } = await openTestBrowser(origin, skip)
  const failed: string[] = []
  page.on('response', (response) => {
    if (response.status() >= 400) failed.push(`${response.status()} ${response.url()}`)
  })
  await page.goto(`${origin}${PREFIX}/queues/queue/infer-demo?status=completed`)
  const link = page.getByRole('link', { name: 'Type in its scan' }).first()
  await link.waitFor()
  const target = (await link.getAttribute('href')) ?? 'none'
  expect(target).toContain(`${PREFIX}/ui/scans/${id}?item=`)
  await page.goto(`${origin}${PREFIX}/docs`)
  await page.getByText('Scans the resource types of a Kubernetes cluster').first().waitFor()
  expect(failed).toEqual([])
  expect(faults).toEqual([])
})

/** The first configuration of the page, in front of `url`. Its prefix is /capstan. */
async function readNginxLocation(url: string): Promise<string> {
  const page = await readFile(new URL('../docs/reverse-proxy.md', import.meta.url), 'utf8')
  const location = /```nginx\n([^`]+)```/.exec(page)?.[1] ?? 'none'
  return location.replace('http://127.0.0.1:8080', url)
}

test('behind nginx with a path prefix, as documented, a browser opens the dashboard, follows a scan live and keeps its links', async ({
  skip,
}) => {
  const program = (await findNginx()) ?? skip('no nginx here and none could be fetched')
  const { stack } = await startBelow()
  const origin = await startNginx(program, await readNginxLocation(stack.api.url))
  const { page, faults } = await openTestBrowser(origin, skip)
  await page.goto(`${origin}/capstan/`)
  await page.waitForURL(`${origin}/capstan/ui/`)
  await page.getByText('live', { exact: true }).waitFor()
  const id = await stack.scan({})
  await page.locator(`a[href="/capstan/ui/scans/${id}"]`).click()
  await page.getByRole('heading', { level: 1, name: 'succeeded' }).waitFor()
  await page.reload()
  await page.getByRole('heading', { level: 1, name: 'succeeded' }).waitFor()
  await page.getByRole('link', { name: 'Catalog' }).click()
  await page.locator('.entry').first().getByRole('link').click()
  await page.locator('.drawer .answer').waitFor()
  expect(new URL(page.url()).pathname).toBe('/capstan/ui/catalog')
  expect(faults).toEqual([])
})
