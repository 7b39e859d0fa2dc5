import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startFragileStack } from './dashboard/start-fragile-stack.ts'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../', import.meta.url))
const NO_NETWORK = /ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|network/

// The package as npm installs it, in an empty project without this repository.
let folder: string
let tarball: string
/** Why it could not be installed; undefined when it was installed. */
let notInstalled: string | undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capstan-client-packed-'))
  const { stdout } = await run(process.execPath, [join(ROOT, 'scripts/package-client.ts'), folder])
  tarball = stdout.trim()
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline']
  try {
    await run('npm', ['install', tarball, 'typescript@7.0.2', '@types/node@24', ...flags], {
      cwd: folder,
    })
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    if (!NO_NETWORK.test(text)) throw error
    notInstalled = 'npm reaches no registry here'
  }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('the package of the client contains JavaScript, types and the README, but no sources and no local paths', async () => {
  const { stdout } = await run('tar', ['-tzf', tarball])
  const files = stdout.trim().split('\n')
  expect(files).toContain('package/packages/client/src/index.js')
  expect(files).toContain('package/packages/client/src/index.d.ts')
  expect(files).toContain('package/README.md')
  expect(files.filter((name) => /(?<!\.d)\.ts$/.test(name))).toEqual([])
  const { stdout: text } = await run('tar', ['-xzOf', tarball, '--exclude=README.md'], {
    maxBuffer: 64 * 1_048_576,
  })
  expect(text).not.toContain(ROOT)
  expect(text).not.toMatch(/from ['"]@capstan\/|from ['"]node:/)
})

beforeEach(({ task, skip }) => {
  if (notInstalled && !task.name.startsWith('the package of the client contains'))
    skip(notInstalled)
})

test('a JavaScript program with the installed client follows a scan of a real server to its end', async () => {
  const { url } = await startFragileStack()
  await writeFile(
    join(folder, 'program.js'),
    `import { createCapstanClient } from '@capstan/client'
const capstan = createCapstanClient({ server: process.argv[2] })
const { data: scan } = await capstan.POST('/api/v1/scans', { body: { include: ['pods', 'deployments'] } })
for await (const { event, data } of capstan.watchScan(scan.id)) {
  if (event === 'scan.finished') console.log(data.status, data.scan.progress.succeeded)
}
`,
  )
  const { stdout } = await run(process.execPath, ['program.js', url], { cwd: folder })
  expect(stdout).toBe('succeeded 2\n')
})

/** Compiles a program in the empty project. Returns the faults. */
async function compile(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text)
  const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024']
  const tsc = join(folder, 'node_modules/.bin/tsc')
  return run(tsc, [...flags, '--types', 'node', '--ignoreConfig', name], { cwd: folder }).then(
    ({ stdout }) => stdout,
    (error: unknown) =>
      `${error instanceof Error && 'stdout' in error ? String(error.stdout) : ''}${String(error)}`,
  )
}

test('the program of the README compiles against the installed types', async () => {
  const page = await readFile(join(folder, 'node_modules/@capstan/client/README.md'), 'utf8')
  const [, program = ''] = page.match(/```ts\n([^]*?)```/) ?? []
  expect(program).toContain('watchScan')
  expect(await compile('program.ts', program)).toBe('')
})

test('problems and events narrow to their members, and unknown paths and members are type errors', async () => {
  const faults = await compile(
    'narrowing.ts',
    `import { createCapstanClient, isProblem, CapstanError, type ApiProblem, type Schemas } from '@capstan/client'
const capstan = createCapstanClient({ server: 'http://127.0.0.1:8080' })
const { data, error } = await capstan.GET('/api/v1/scans/{id}', { params: { path: { id: 'x' } } })
const scan: Schemas['Scan'] | undefined = data
if (isProblem(error, 'RATE_LIMITED', 'SCAN_CONFLICT')) {
  const code: 'RATE_LIMITED' | 'SCAN_CONFLICT' = error.code
  if (error.code === 'SCAN_CONFLICT') error.scan.startsWith('/')
  // @ts-expect-error -- only these problems always have the scan.
  else error.scan.startsWith('/')
  const retryable: boolean = error.retryable
  void [code, retryable]
}
for await (const update of capstan.watchScan('x', { signal: AbortSignal.timeout(1) })) {
  if (update.event === 'resource.failed') update.data.problem.reason satisfies Schemas['ScanItem']['status'] | string
  // @ts-expect-error -- another event has no problem.
  if (update.event === 'resource.started') update.data.problem
  // @ts-expect-error -- there is no such event.
  if (update.event === 'resource.exploded') void 0
}
// @ts-expect-error -- there is no such path.
await capstan.GET('/api/v1/scan')
// @ts-expect-error -- there is no such mode.
await capstan.POST('/api/v1/scans', { body: { mode: 'quick' } })
const known = (problem: ApiProblem) => problem.code satisfies string
void [scan, known, CapstanError]
`,
  )
  expect(faults).toBe('')
})
