import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { createCapstanClient } from '@capstan/client'
import { until } from '@capstan/testkit/until'
import { startFragileStack } from './dashboard/start-fragile-stack.ts'
import { temporaryFolder } from './test-stack.ts'

const CLIENT = fileURLToPath(new URL('../packages/client/', import.meta.url))
/** Types of the demo cluster, and those of a group. */
const TYPES = 66
const HELD = 4

/** The first program of the README, unchanged. */
async function readProgram(): Promise<string> {
  const page = await readFile(join(CLIENT, 'README.md'), 'utf8')
  return page.match(/```ts\n([^]*?)```/)?.[1] ?? ''
}

/** Runs a program that imports the client as an installed package. */
async function runProgram(text: string, server: string) {
  const folder = await temporaryFolder()
  await mkdir(join(folder, 'node_modules/@capstan'), { recursive: true })
  await symlink(CLIENT, join(folder, 'node_modules/@capstan/client'))
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  await writeFile(join(folder, 'program.ts'), text)
  const child = spawn(process.execPath, ['program.ts'], {
    cwd: folder,
    env: { CAPSTAN_SERVER: server, NO_COLOR: '1' },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  const ended = once(child, 'close').then(([code]: unknown[]) => code)
  return { ended, out: () => out, err: () => err }
}

test('the program of the README has at most 15 lines, follows a scan over a killed API and lists its failures', async () => {
  const text = await readProgram()
  expect(text.trim().split('\n').length).toBeLessThanOrEqual(15)
  const { api, startApi, provider, url } = await startFragileStack()
  const [releaseAll, releaseHeld] = ['', 'tidewater.example'].map((matching) =>
    provider.hold({ matching }),
  )
  provider.addFault({ kind: 'refusal', matching: 'riverbed.example' })
  const program = await runProgram(text, url)
  await until(
    `the first event; ${program.err()}`,
    () => program.out().includes('snapshot') || undefined,
  )
  releaseAll?.()
  const countEnds = () => program.out().match(/resource\.(succeeded|failed)/g)?.length
  await until(`the ends of all types but ${HELD}; ${program.err()}`, () =>
    countEnds() === TYPES - HELD ? true : undefined,
  )

  await api.stop('SIGKILL')
  releaseHeld?.()
  await startApi()
  expect({ code: await program.ended, err: program.err() }).toEqual({ code: 0, err: '' })

  const client = createCapstanClient({ server: url })
  const [scan] = (await client.GET('/api/v1/scans')).data?.data ?? []
  const id = scan?.id ?? ''
  expect(scan?.progress).toMatchObject({ succeeded: TYPES - 3, failed: 3 })
  const events = await client.GET('/api/v1/scans/{id}/events', {
    params: { path: { id }, query: { after: 0, limit: 1_000 } },
    headers: { accept: 'application/json' },
  })
  const stored = typeof events.data === 'object' ? events.data.data : []
  // The snapshot stands for the events before the program connected.
  const followed = [...program.out().matchAll(/^(\d+-0) (\S+)$/gm)].map(([, at, type]) => ({
    id: at,
    type,
  }))
  expect(followed.length).toBeGreaterThan(TYPES)
  expect(program.out().match(/ snapshot$/gm)).toHaveLength(1)
  const kept = stored.map(({ id: at, type }) => ({ id: at, type }))
  expect(followed).toEqual(kept.slice(-followed.length))
  expect(program.out()).toMatch(/^partial$/m)
  const failures = program.out().match(/^\S+\.riverbed\.example refused$/gm)
  expect(failures).toHaveLength(3)
})
