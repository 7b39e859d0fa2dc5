import { expect, test } from 'vitest'
import type { DashboardState } from '../../src/dashboard/dashboard-files.ts'
import { startRig, type ApiRig, type RigOptions } from '../support/api-rig.ts'
import { makeDashboardFolder } from '../support/make-dashboard-folder.ts'

const PAGE = '<html><head><base href="/ui/" /></head><body></body></html>'

async function serve(state: DashboardState, options: RigOptions = {}): Promise<ApiRig> {
  return startRig({ ...options, dashboard: { state: () => state } })
}

const ready = async (options?: RigOptions): Promise<ApiRig> =>
  serve({ status: 'ready', folder: await makeDashboardFolder(PAGE) }, options)

test.each([
  ['text/html,application/xhtml+xml', '/ui/'],
  ['*/*', '/docs'],
  ['application/json', '/docs'],
])('/ leads a client that accepts %s to %s', async (accept, place) => {
  const rig = await ready()
  const response = await rig.ask('/', { headers: { accept }, redirect: 'manual' })
  expect(response.status).toBe(302)
  expect(response.headers.get('location')).toBe(place)
})

test.each(['/ui/', '/ui/scans', '/ui/scans/scan_0?item=pods', '/ui/no/such/page'])(
  '%s is the page, without a token and without inline scripts',
  async (path) => {
    const rig = await ready({
      tokens: [{ name: 'one', role: 'viewer', sha256: Buffer.alloc(32) }],
    })
    const response = await rig.ask(path)
    expect(response.status).toBe(200)
    expect(await response.text()).toBe(PAGE)
    expect(response.headers.get('cache-control')).toBe('no-cache')
    expect(response.headers.get('content-security-policy')).toContain("default-src 'self'")
    expect(response.headers.get('content-security-policy')).not.toContain('unsafe-inline')
  },
)

test('below a path prefix the page and the redirects name the prefix', async () => {
  const rig = await ready({ links: { publicUrl: 'https://tools.example.com/capstan' } })
  expect(await (await rig.ask('/capstan/ui/scans')).text()).toContain(
    '<base href="/capstan/ui/" />',
  )
  const root = await rig.ask('/capstan/', { headers: { accept: 'text/html' }, redirect: 'manual' })
  expect(root.headers.get('location')).toBe('/capstan/ui/')
})

test('files with a hash in their name are kept for a year, others are not served', async () => {
  const rig = await ready()
  const asset = await rig.ask('/ui/assets/app-1a2b.js')
  expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect(asset.headers.get('content-type')).toContain('javascript')
  expect(await asset.text()).toBe('export {}')
  for (const path of ['/ui/assets/none.js', '/ui/assets/..%2fsecret.txt', '/ui/assets/%00']) {
    const response = await rig.ask(path)
    expect([400, 403, 404], path).toContain(response.status)
    expect(await response.text()).not.toContain('not an asset')
  }
  expect(await (await rig.ask('/ui/secret.txt')).text()).toBe(PAGE)
})

test('while the files are built the page opens itself again, and the API works', async () => {
  const rig = await serve({ status: 'building' })
  const response = await rig.ask('/ui/scans')
  expect(response.status).toBe(503)
  expect(response.headers.get('retry-after')).toBe('1')
  const text = await response.text()
  expect(text).toContain('The dashboard is being built')
  expect(text).toContain('http-equiv="refresh"')
  expect((await rig.ask('/api/v1/scans')).status).toBe(200)
})

test('without files the page gives the reason as text and the other ways in', async () => {
  const rig = await serve({ status: 'absent', because: 'no <b>disk</b> space' })
  const response = await rig.ask('/ui/')
  expect(response.status).toBe(503)
  const text = await response.text()
  expect(text).toContain('no &lt;b&gt;disk&lt;/b&gt; space')
  expect(text).toContain('href="/queues"')
  expect(text).not.toContain('refresh')
})
