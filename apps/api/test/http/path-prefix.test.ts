import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { Problem } from '@capstan/shared/contract/problem'
import { ensureJobs } from '@capstan/scan-store/queue/ensure-jobs'
import { findNginx } from '@capstan/testkit/nginx/find-nginx'
import { startNginx } from '@capstan/testkit/nginx/start-nginx'
import type { LinkSettings } from '../../src/links/find-prefix.ts'
import { startRig, type ApiRig } from '../support/api-rig.ts'
import { literalClusters } from '../support/literal-clusters.ts'
import { makeDashboardFolder } from '../support/make-dashboard-folder.ts'
import { readBoardQueue } from '../support/read-board.ts'
import { scanMaker } from '../support/scan-maker.ts'
import { openSse } from '../support/sse-client.ts'
import { startReverseProxy } from '@capstan/testkit/network/start-reverse-proxy'

const PREFIX = '/capstan'
const TRUSTED: LinkSettings = { trustedProxies: 'loopback' }
const PUBLIC: LinkSettings = { publicUrl: `https://example.com${PREFIX}` }
const FORWARDED = { 'x-forwarded-prefix': PREFIX }

/** Starts a proxy in front of the API and returns its URL; undefined when this machine has no proxy. */
type Front = (rig: ApiRig) => Promise<string | undefined>

const FRONTS: Record<string, [settings: LinkSettings, front: Front]> = {
  'a proxy that removes the prefix and sends the header': [
    TRUSTED,
    ({ url }) => startReverseProxy(url, { prefix: PREFIX, strips: true, headers: FORWARDED }),
  ],
  'a proxy that keeps the prefix and sends the header': [
    TRUSTED,
    ({ url }) => startReverseProxy(url, { prefix: PREFIX, strips: false, headers: FORWARDED }),
  ],
  'a proxy that removes the prefix of the public URL': [
    PUBLIC,
    ({ url }) => startReverseProxy(url, { prefix: PREFIX, strips: true }),
  ],
  'a proxy that keeps the prefix of the public URL': [
    PUBLIC,
    ({ url }) => startReverseProxy(url, { prefix: PREFIX, strips: false }),
  ],
  'nginx as configured in docs/reverse-proxy.md to remove the prefix': [TRUSTED, nginx(0)],
  'nginx as configured in docs/reverse-proxy.md to keep the prefix': [PUBLIC, nginx(1)],
}

function nginx(block: number): Front {
  return async ({ url }) => {
    const program = await findNginx()
    const page = await readFile(
      new URL('../../../../docs/reverse-proxy.md', import.meta.url),
      'utf8',
    )
    const location = [...page.matchAll(/```nginx\n([^`]+)```/g)][block]?.[1] ?? 'none'
    return program && startNginx(program, location.replace('http://127.0.0.1:8080', url))
  }
}

interface Behind {
  rig: ApiRig
  /** Origin of the proxy without the prefix, which browsers resolve links against. */
  origin: string
}

type Skip = (note: string) => never

async function openBehind(what: string, skip: Skip): Promise<Behind> {
  const [links, front] = FRONTS[what] ?? [TRUSTED, async () => undefined]
  const { clusters } = literalClusters(['Kafka', 'Topic'])
  const folder = await makeDashboardFolder('<html></html>')
  const dashboard = { state: () => ({ status: 'ready' as const, folder }) }
  const rig = await startRig({ clusters, links, dashboard })
  const origin = await front(rig)
  return origin === undefined ? skip('no nginx here and none could be fetched') : { rig, origin }
}

const Linked = z.looseObject({ links: z.record(z.string(), z.string()) })
const JSON_TYPE = { 'content-type': 'application/json' }

function start(url: string, headers: Record<string, string> = {}): Promise<Response> {
  const init = { method: 'POST', body: '{}', headers: { ...JSON_TYPE, ...headers } }
  return fetch(`${url}/api/v1/scans`, init)
}

/** A scan with two types, whose jobs wait. */
async function openScan({ deps }: ApiRig): Promise<string> {
  const maker = scanMaker(deps.journal)
  const id = await maker.open()
  await maker.plan(id, ['a.example.com', 'b.example.com'])
  await ensureJobs(deps, id)
  return id
}

const names = Object.keys(FRONTS)

test.for(names)('behind %s Location and the links of a scan resolve', async (what, { skip }) => {
  const { origin } = await openBehind(what, skip)
  const started = await start(`${origin}${PREFIX}`)
  expect(started.status).toBe(202)
  const location = started.headers.get('location') ?? 'none'
  expect(location).toMatch(/^\/capstan\/api\/v1\/scans\/scan_/)
  const { links } = Linked.parse(await (await fetch(`${origin}${location}`)).json())
  expect(links['self']).toBe(location)
  expect(Object.keys(links)).toEqual(['self', 'events', 'resources', 'ui', 'board'])
  for (const link of Object.values(links)) {
    expect(link).toMatch(/^\/capstan\//)
    const accept = 'application/json, text/html'
    const answer = await fetch(`${origin}${link}`, { headers: { accept } })
    expect(answer.status, link).toBe(200)
  }
})

test.for(names)(
  'behind %s links of types, the next page and events have the prefix',
  async (what, { skip }) => {
    const { rig, origin } = await openBehind(what, skip)
    const id = await openScan(rig)
    const page = await fetch(`${origin}${PREFIX}/api/v1/scans/${id}/resources?limit=1`)
    const next = /^<([^>]+)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1] ?? 'none'
    const { data } = z.object({ data: z.array(Linked) }).parse(await page.json())
    expect(next).toMatch(/^\/capstan\/api\//)
    for (const link of [next, ...Object.values(data[0]?.links ?? {})]) {
      expect((await fetch(`${origin}${link}`)).status, link).toBe(200)
    }
    const stream = await openSse(`${origin}${PREFIX}/api/v1/scans/${id}/events`)
    const snapshot = await stream.next(({ type }) => type === 'snapshot')
    stream.leave()
    const { scan } = z.looseObject({ scan: Linked }).parse(snapshot?.data)
    expect(scan.links['self']).toBe(`${PREFIX}/api/v1/scans/${id}`)
  },
)

test.for(names)('behind %s the type of a problem leads to its page', async (what, { skip }) => {
  const { origin } = await openBehind(what, skip)
  const problem = Problem.parse(
    await (await fetch(`${origin}${PREFIX}/api/v1/scans?limt=1`)).json(),
  )
  expect(problem.type).toBe(`${PREFIX}/problems/validation`)
  const answer = await fetch(`${origin}${problem.type}`, { headers: { accept: 'text/html' } })
  expect(answer.status).toBe(200)
  const all = /href="([^"]+)"/.exec(await answer.text())?.[1] ?? 'none'
  expect((await fetch(`${origin}${all}`)).status, all).toBe(200)
})

test.for(names)(
  'behind %s the root redirects to /docs, which loads its script and the document',
  async (what, { skip }) => {
    const { origin } = await openBehind(what, skip)
    const docs = await fetch(`${origin}${PREFIX}/`)
    expect(docs.status).toBe(200)
    expect(docs.url).toBe(`${origin}${PREFIX}/docs/`)
    const script = /src="([^"]+)"/.exec(await docs.text())?.[1] ?? 'none'
    expect((await fetch(new URL(script, docs.url))).status, script).toBe(200)
    const document = await (await fetch(new URL('../openapi.json', docs.url))).json()
    const servers = FRONTS[what]?.[0] === PUBLIC ? PUBLIC.publicUrl : PREFIX
    expect(document).toMatchObject({ servers: [{ url: servers }] })
  },
)

test.for(names)(
  'behind %s the queue board loads its files and its jobs, which link to the dashboard',
  async (what, { skip }) => {
    const { rig, origin } = await openBehind(what, skip)
    const id = await openScan(rig)
    const board = await fetch(`${origin}${PREFIX}/queues`)
    const page = await board.text()
    const base = new URL(/<base href="([^"]+)"/.exec(page)?.[1] ?? 'none', board.url)
    expect(base.pathname).toBe(`${PREFIX}/queues/`)
    for (const [, file = ''] of page.matchAll(/(?:src|href)="(static[^"]+)"/g)) {
      expect((await fetch(new URL(file, base))).status, file).toBe(200)
    }
    const { jobs } = await readBoardQueue(
      { ask: (path) => fetch(`${origin}${PREFIX}${path}`) },
      'infer-demo',
      'prioritized',
    )
    const links = jobs.map(({ externalUrl }) => externalUrl?.href ?? 'none')
    expect(links[0]).toMatch(new RegExp(`^${PREFIX}/ui/scans/${id}\\?item=`))
  },
)

test('a repeated Idempotency-Key is answered with the prefix of its own request', async () => {
  const { clusters } = literalClusters(['Kafka'])
  const rig = await startRig({ clusters, links: TRUSTED })
  const answered = async (prefix: string) => {
    const answer = await start(rig.url, { 'x-forwarded-prefix': prefix, 'idempotency-key': 'k' })
    return [answer.headers.get('location'), Linked.parse(await answer.json()).links['self']]
  }
  const [first] = await answered('/one')
  expect(first).toMatch(/^\/one\/api\/v1\/scans\//)
  const second = first?.replace('/one', '/two/three')
  expect(await answered('/two/three')).toEqual([second, second])
})

test('X-Forwarded-Prefix of a peer that is not a trusted proxy is ignored', async () => {
  const { clusters } = literalClusters(['Kafka'])
  for (const links of [{}, { trustedProxies: '192.0.2.0/24' }]) {
    const folder = await makeDashboardFolder('<html></html>')
    const dashboard = { state: () => ({ status: 'ready' as const, folder }) }
    const rig = await startRig({ clusters, links, dashboard })
    const answer = await start(rig.url, FORWARDED)
    expect(answer.headers.get('location')).toMatch(/^\/api\/v1\//)
  }
})

test('an invalid X-Forwarded-Prefix is ignored and logged once', async () => {
  const { clusters } = literalClusters(['Kafka'])
  const rig = await startRig({ clusters, links: TRUSTED })
  for (const prefix of [
    '//evil.example',
    'https://evil.example',
    '/a/../b',
    '/a"b',
    '/a, /b',
    '/%2e',
  ]) {
    const answer = await start(rig.url, { 'x-forwarded-prefix': prefix })
    expect(answer.headers.get('location'), prefix).toMatch(/^\/api\/v1\//)
  }
  expect(rig.logged().match(/ignored an invalid X-Forwarded-Prefix/g)).toHaveLength(1)
})

test('a forwarded prefix is ignored with a public URL', async () => {
  const { clusters } = literalClusters(['Kafka'])
  const links = { publicUrl: 'https://example.com', trustedProxies: 'loopback' }
  const folder = await makeDashboardFolder('<html></html>')
  const dashboard = { state: () => ({ status: 'ready' as const, folder }) }
  const rig = await startRig({ clusters, links, dashboard })
  expect((await start(rig.url, FORWARDED)).headers.get('location')).toMatch(/^\/api\/v1\//)
})

test('a page of the public URL may start a scan when the proxy replaces the Host header', async () => {
  const { clusters } = literalClusters(['Kafka'])
  const rig = await startRig({ clusters, links: PUBLIC })
  expect((await start(rig.url, { origin: 'https://example.com' })).status).toBe(202)
  expect((await start(rig.url, { origin: 'https://evil.example' })).status).toBe(403)
})
