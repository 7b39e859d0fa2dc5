import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toCapabilityView } from '@capstan/shared/contract/capability'
import { makeCapability } from '@capstan/testkit/make-capability'
import { makeItem } from '@capstan/testkit/make-item'
import { makeScan } from '@capstan/testkit/make-scan'
import { runCapstan } from './run-capstan.ts'

// Sets the window title, clears the screen, moves the cursor up, and more: C0, C1, bidirectional and
// invisible characters.
const EVIL = 'x\u001B]0;owned\u0007y\u001B[2J\u001B[1A\u009B31m\rz\u0008\u202E\u200B\u{E0041}'
const HARMFUL = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u

const problem = {
  reason: 'refused',
  title: EVIL,
  detail: EVIL,
  hint: EVIL,
  retryable: false,
} as const
const scan = makeScan({
  status: 'partial',
  done: true,
  cluster: EVIL,
  model: EVIL,
  createdBy: EVIL,
  labels: { a: EVIL },
  warnings: [EVIL],
  unavailable: [{ group: EVIL, reason: EVIL }],
  problem,
  progress: { succeeded: 1, failed: 1, total: 2, finished: 2, percent: 100 },
})
const item = makeItem({ resource: EVIL, status: 'failed', problem })
const plainRow = makeCapability()
const row = toCapabilityView({
  ...plainRow,
  provenance: { ...plainRow.provenance, worker: EVIL },
  resource: EVIL,
  cluster: EVIL,
  capabilities: [EVIL],
  providers: [EVIL],
  description: EVIL,
  useCase: EVIL,
  searchPhrases: [EVIL],
  shortNames: [EVIL],
})
const page = (data: unknown[]) => ({ data, page: { limit: 50, nextCursor: null } })
const type = {
  resource: EVIL,
  plural: EVIL,
  group: EVIL,
  version: EVIL,
  kind: EVIL,
  scope: 'Cluster',
  verbs: [EVIL],
  shortNames: [EVIL],
  categories: [],
  origin: 'crd',
  capability: EVIL,
}
const plan = {
  cluster: EVIL,
  provider: 'anthropic',
  model: EVIL,
  total: 1,
  toAnalyze: 1,
  stored: 0,
  curated: 0,
  skippedUnchanged: 0,
  excluded: 0,
  unavailable: [{ group: EVIL, reason: EVIL }],
  warnings: [EVIL],
  estimate: {
    inputTokens: 1,
    outputTokens: 1,
    costUsd: null,
    pricing: 'unknown',
    durationSeconds: 1,
  },
  resources: [{ resource: EVIL, action: 'analyze', reason: EVIL, estTokens: 1 }],
  removals: { known: 1, resources: [EVIL], needsForce: true, summary: EVIL },
}
const refused = {
  type: EVIL,
  title: EVIL,
  status: 409,
  code: 'WRONG_STATE',
  detail: EVIL,
  hint: EVIL,
  instance: EVIL,
  retryable: false,
}

const ANSWERS: Record<string, unknown> = {
  'GET /api/v1/scans': page([scan]),
  [`GET /api/v1/scans/${scan.id}`]: scan,
  [`GET /api/v1/scans/${scan.id}/resources`]: page([item]),
  [`POST /api/v1/scans/${scan.id}/cancel`]: refused,
  'GET /api/v1/capabilities': page([row]),
  'GET /api/v1/capabilities/evil': row,
  'GET /api/v1/capabilities/search': {
    mode: 'keyword',
    note: EVIL,
    data: [{ capability: row, score: 1, strength: 'strong', matched: [EVIL] }],
  },
  'GET /api/v1/resources': page([type]),
  'GET /api/v1/workers': {
    data: [
      {
        id: EVIL,
        host: EVIL,
        pid: 1,
        version: EVIL,
        concurrency: 1,
        active: 0,
        draining: false,
        startedAt: scan.createdAt,
        lastSeen: scan.createdAt,
        providers: [{ provider: 'anthropic', model: EVIL }],
      },
    ],
  },
  'GET /api/v1/providers': {
    data: [
      {
        id: EVIL,
        configured: true,
        default: true,
        demo: false,
        models: [EVIL],
        workers: 1,
        accounts: [
          {
            name: EVIL,
            model: EVIL,
            limits: { [EVIL]: { limit: 1, available: 1 } },
            concurrency: { limit: 1, inFlight: 0 },
            paused: { forMs: 1, reason: EVIL },
            breaker: { state: 'closed', forMs: 0, reason: null },
            until: EVIL,
          },
        ],
      },
    ],
  },
  'POST /api/v1/providers/openai/resume': {
    data: [{ account: EVIL, model: EVIL, reason: EVIL, until: EVIL }],
  },
  'GET /version': { name: EVIL, version: EVIL, node: EVIL },
  'GET /readyz': {
    ready: true,
    degraded: [EVIL],
    checks: [{ name: EVIL, ok: false, detail: EVIL }],
  },
}

function frame(id: number | undefined, event: string, data: object): string {
  const envelope = { v: 1, scanId: scan.id, seq: id ?? 0, at: scan.createdAt, ...data }
  return `${id === undefined ? '' : `id: ${id}-0\n`}event: ${event}\ndata: ${JSON.stringify(envelope)}\n\n`
}

/** All events of a scan, with every text that the CLI can show. */
const EVENTS = [
  frame(undefined, 'snapshot', {
    scan: { ...scan, status: 'running', done: false },
    active: [{ ...item, status: 'running' }],
    recentFailures: [item],
  }),
  frame(1, 'resource.started', { resource: EVIL, attempt: 2, worker: EVIL }),
  frame(2, 'resource.failed', { resource: `${EVIL}2`, attempts: 3, problem }),
  frame(3, 'scan.paused', { by: EVIL, reason: EVIL, problem }),
  frame(4, 'scan.finished', { status: 'partial', scan }),
].join('')

const server = createServer((request, response) => {
  const path = (request.url ?? '').split('?')[0] ?? ''
  if (path.endsWith('/events')) {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(EVENTS)
    return
  }
  let sent = ''
  request.on('data', (chunk: Buffer) => (sent += chunk.toString()))
  request.on('end', () => {
    const started = sent.includes('dryRun') ? plan : { ...scan, done: false }
    const answer =
      path === '/api/v1/scans' && request.method === 'POST'
        ? started
        : (ANSWERS[`${request.method} ${path}`] ?? refused)
    const status = answer === refused ? 409 : 200
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
})

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const COMMANDS = [
  'get scans',
  'get resources',
  'get capabilities',
  'get workers',
  'get providers',
  'get providers -o wide',
  'resume --provider openai',
  'resume --provider openai -o name',
  'describe scan',
  'describe capability evil',
  'search evil',
  'export',
  'version',
  'doctor',
  'scan',
  'scan --dry-run',
  'scan --detach',
  'watch',
  'cancel latest',
  'pause latest -v',
].map((line) => line.split(' '))
const FORMATS = [
  [],
  ['-o', 'wide'],
  ['-o', 'json'],
  ['-o', 'yaml'],
  ['-o', 'ndjson'],
  ['-o', 'name'],
]

describe.each(COMMANDS)('capstan %s %s %s', (...args) => {
  test.each(FORMATS)(
    'with the format %s %s no character is printed that a terminal interprets or hides',
    async (...format) => {
      const words = [...args, ...format].filter(Boolean)
      for (const progress of ['plain', 'json']) {
        const ran = await runCapstan([...words, '--progress', progress], {
          environment: environment(),
        })
        expect([0, 1, 2, 3], ran.err).toContain(ran.code)
        expect(ran.out + ran.err).not.toBe('')
        // A rejected response would show nothing, and the test would prove nothing.
        expect(ran.err).not.toContain('server is invalid')
        expect(HARMFUL.exec(ran.out), ran.out).toBeNull()
        expect(HARMFUL.exec(ran.err), ran.err).toBeNull()
      }
    },
  )
})

test('the live view writes its own escape sequences and none from the cluster', async () => {
  const { err } = await runCapstan(['watch', scan.id, '--progress', 'tty', '--no-color'], {
    environment: environment(),
    terminal: 80,
  })
  expect(err).not.toContain('owned')
})

test('the live view of a running scan writes no escape sequence from the cluster', async () => {
  const { err } = await runCapstan(['scan', '--no-color'], {
    environment: environment(),
    terminal: 80,
  })
  // The CLI's own sequences: cursor up, clear line, clear below, hide and show the cursor.
  const rest = err.replaceAll('\u001B', '⎋').replaceAll(/⎋\[(?:\d+A\r|K|J|\?25[lh])/g, '')
  expect(rest).toMatch(/refused/)
  expect(rest).not.toContain('⎋')
  expect(HARMFUL.exec(rest), rest).toBeNull()
})

function environment(): Record<string, string> {
  const { port } = server.address() as AddressInfo
  return { CAPSTAN_SERVER: `http://127.0.0.1:${port}` }
}
