import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Scan } from '@capstan/shared/contract/scan/scan'
import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import type { RunningProcess } from '@capstan/testkit/start-process'
import { startTestApp } from '@capstan/testkit/app-host/start-test-app'
import { until } from '@capstan/testkit/until'
import { onTestFinished } from '@capstan/testkit/on-test-finished'

export interface TestStackOptions {
  /** For both apps: at least REDIS_URL. */
  environment: Record<string, string>
  api?: Record<string, string>
  /** False starts no worker. */
  worker?: Record<string, string> | false
  /** Sent with every request. */
  token?: string
  /** Starts an app. Default: startTestApp; startTestProcess is for tests that need processes. */
  start?: typeof startTestApp
}

/** A real API and a real worker with helpers for tests. */
export interface TestStack {
  api: RunningProcess
  worker: RunningProcess | undefined
  /** Sends a request; `json` makes it a POST. */
  ask(path: string, init?: RequestInit & { json?: unknown }): Promise<Response>
  /** Starts a scan that must be accepted. Returns its id. */
  scan(body: unknown): Promise<string>
  read(scanId: string): Promise<Scan>
  /** Waits until the scan has ended, or is paused with nothing running. */
  settled(scanId: string): Promise<Scan>
  items(scanId: string): Promise<ScanItem[]>
}

/** Like real limits: calls to simulators start at full concurrency. */
const SIMULATED = { ANTHROPIC_LIMITS: 'concurrency=1000', OPENAI_LIMITS: 'concurrency=1000' }

/** Starts both at debug level. They are stopped with the test. */
export async function startTestStack(options: TestStackOptions): Promise<TestStack> {
  const { start = startTestApp } = options
  const shared = { LOG_LEVEL: 'debug', PORT: '0', HOME: '/nowhere', ...options.environment }
  const api = await start('api', { ...shared, ...options.api })
  const worker =
    options.worker === false
      ? undefined
      : await start('worker', { ...shared, ...SIMULATED, ...options.worker })
  const ask = asker(api.url, options.token)
  const read = async (scanId: string): Promise<Scan> =>
    Scan.parse(await (await ask(`/api/v1/scans/${scanId}`)).json())
  return {
    api,
    worker,
    ask,
    read,
    scan: async (body) => {
      const response = await ask('/api/v1/scans', { json: body })
      const answer: unknown = await response.json()
      if (response.status !== 202) throw new Error(`not accepted: ${JSON.stringify(answer)}`)
      return Scan.parse(answer).id
    },
    settled: (scanId) =>
      until(`the end or pause of ${scanId}`, async () => {
        const scan = await read(scanId)
        const rests = scan.status === 'paused' && scan.progress.running === 0
        return scan.done || rests ? scan : undefined
      }),
    items: async (scanId) => {
      const response = await ask(`/api/v1/scans/${scanId}/resources?limit=200`)
      const answer: unknown = await response.json()
      if (response.status !== 200) throw new Error(`no items: ${JSON.stringify(answer)}`)
      return (answer as { data: ScanItem[] }).data
    },
  }
}

function asker(url: string, token: string | undefined): TestStack['ask'] {
  return (path, { json, headers, ...init } = {}) =>
    fetch(`${url}${path}`, {
      ...(json === undefined ? {} : { method: 'POST', body: JSON.stringify(json) }),
      ...init,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...(headers as Record<string, string> | undefined),
      },
    })
}

/** A folder that is deleted with the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'capstan-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Writes a file into a temporary folder. Returns its path. */
export async function temporaryFile(name: string, content: string): Promise<string> {
  const path = join(await temporaryFolder(), name)
  await writeFile(path, content)
  return path
}
