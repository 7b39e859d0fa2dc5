import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  access,
  constants,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join, relative } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { ownPort } from '@capstan/testkit/own-port'
import { testRedis } from '@capstan/testkit/redis'
import { until } from '@capstan/testkit/until'
import {
  parseEnv,
  parseExecForm,
  findOnlyStep,
  readCompose,
  readIgnored,
  readRootFile,
  readStages,
  ROOT,
  findStage,
  type Compose,
  type Stage,
} from './deployment-files.ts'

// No Docker engine is needed: the steps of the Dockerfile run in folders instead of stages. These tests
// cannot show that the base images contain what the Dockerfile expects.

const APPS = ['api', 'worker', 'cluster-sim', 'provider-sim'] as const
type App = (typeof APPS)[number]

const folderOf = (app: App): string => `${app.endsWith('-sim') ? 'sims' : 'apps'}/${app}`

const stack = new AsyncDisposableStack()
afterAll(() => stack.disposeAsync())

let place: string
let stages: Stage[]
let compose: Compose

beforeAll(async () => {
  stages = await readStages()
  compose = await readCompose()
  place = await mkdtemp(join(tmpdir(), 'capstan-image-'))
  stack.defer(() => rm(place, { recursive: true, force: true }))
  await writeTools()
  for (const app of APPS) await buildImage(app)
})

/**
 * Node and the tools that the first stage installs. pnpm is the one that runs this test, or is downloaded with the
 * host's Node.
 */
async function writeTools(): Promise<void> {
  const { packageManager } = JSON.parse(await readRootFile('package.json'))
  await mkdir(join(place, 'bin'))
  for (const name of ['node', 'turbo']) {
    await writeProgram(name, `exec ${ROOT}/node_modules/.bin/${name} "$@"`)
  }
  if (!(await isOnPath('pnpm'))) await writeProgram('pnpm', `exec npx -y ${packageManager} "$@"`)
}

async function writeProgram(name: string, script: string): Promise<void> {
  await writeFile(join(place, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
}

/** PATH of the host without programs of this repository, which are not part of an image. */
function hostPath(): string[] {
  const path = process.env['PATH']?.split(delimiter) ?? []
  return path.filter((folder) => !folder.startsWith(join(ROOT, 'node_modules')))
}

async function isOnPath(program: string): Promise<boolean> {
  const found = await Promise.all(
    hostPath().map((folder) =>
      access(join(folder, program), constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  )
  return found.includes(true)
}

/** Runs the COPY and RUN instructions of all stages. */
async function buildImage(app: App): Promise<void> {
  const [repo, work, image] = ['repo', 'work', 'image'].map((name) => join(place, app, name))
  if (!repo || !work || !image) throw new Error('unreachable')
  await copyContext(repo)
  await runStep(findStage(stages, 'prune'), repo, app)
  await cp(join(repo, 'out/json'), work, { recursive: true })
  await runStep(findStage(stages, 'install'), work, app)
  await cp(join(repo, 'out/full'), work, { recursive: true })
  for (const part of ['node_modules', 'packages', folderOf(app)]) {
    await mkdir(join(image, part, '..'), { recursive: true })
    await rename(join(work, part), join(image, part))
  }
  await runStep(findStage(stages, 'dashboard'), repo, app)
  await mkdir(join(image, 'apps/dashboard'), { recursive: true })
  await rename(join(repo, 'out/dashboard'), join(image, 'apps/dashboard/dist'))
}

async function copyContext(target: string): Promise<void> {
  const isIgnored = await readIgnored()
  await cp(ROOT, target, {
    recursive: true,
    filter: (source) => {
      const path = relative(ROOT, source)
      return path === '' || !isIgnored(path)
    },
  })
}

async function runStep(stage: Stage, cwd: string, app: App): Promise<void> {
  const PATH = [join(place, 'bin'), ...hostPath()].join(delimiter)
  const child = spawn('sh', ['-c', findOnlyStep(stage, 'RUN')], {
    cwd,
    // Includes the registry settings of the host.
    env: { ...process.env, PATH, APP: app, CI: '1', TURBO_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${stage.name} of ${app} ended with ${code}:\n${output}`)
}

interface Container {
  url: string
  /** Exit code of the health check of the image. */
  health(): Promise<number>
  stop(): Promise<number>
}

/** Runs the command of the image with its settings, those of the compose file, and `change`. */
async function startImage(app: App, change: Record<string, string>): Promise<Container> {
  const last = stages.at(-1)!
  const port = await ownPort()
  const given = Object.entries(compose.services[app]!.environment).filter(
    ([, value]) => !value.includes('${'),
  )
  const environment = {
    PATH: join(ROOT, 'node_modules/.bin') + delimiter + process.env['PATH'],
    ...parseEnv(last),
    ...Object.fromEntries(given),
    PORT: String(port),
    ...change,
  }
  const [command = '', ...args] = parseExecForm(findOnlyStep(last, 'CMD'))
  const child = spawn(command, args, {
    cwd: join(place, app, 'image', folderOf(app)),
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => (output += chunk))
  const ended = once(child, 'exit')
  stack.defer(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await ended
  })
  const ready = once(child, 'message').then(() => 'ready')
  const first = await Promise.race([ready, ended.then(() => 'ended')])
  if (first !== 'ready') throw new Error(`${app} ended before it was ready:\n${output}`)
  return {
    url: `http://127.0.0.1:${port}`,
    health: () => runHealthCheck(last, environment),
    stop: async () => {
      child.kill('SIGTERM')
      const [code] = await ended
      return code
    },
  }
}

async function runHealthCheck(stage: Stage, environment: Record<string, string>): Promise<number> {
  const [command = '', ...args] = parseExecForm(findOnlyStep(stage, 'HEALTHCHECK'))
  const [code] = await once(spawn(command, args, { env: environment }), 'close')
  return code
}

test.each(APPS)('the image of %s contains what it runs and nothing for tests', async (app) => {
  const image = join(place, app, 'image')
  const ours = await filesOf(image, [folderOf(app), 'packages'])
  expect(ours).toContain(`${folderOf(app)}/src/main.ts`)
  expect(ours.filter((name) => /\.test\.ts$|\.suite\.ts$|\/test$/.test(name))).toEqual([])
  const forbidden = /^packages\/(?:testkit|local-redis)\/src/
  expect(ours.filter((name) => forbidden.test(name))).toEqual([])
  // The largest packages that are only for development and checks.
  const installed = await readdir(join(image, 'node_modules/.pnpm'))
  expect(installed.filter((name) => /^(node|typescript|vitest|oxlint)@/.test(name))).toEqual([])
})

/** Files without installed packages. */
async function filesOf(image: string, parts: string[]): Promise<string[]> {
  const found = []
  for (const part of parts) {
    for (const name of await readdir(join(image, part), { recursive: true })) {
      if (!name.includes('node_modules/')) found.push(`${part}/${name}`)
    }
  }
  return found
}

test('only the API image contains the dashboard', async () => {
  const read = (app: App): Promise<string[]> =>
    readdir(join(place, app, 'image/apps/dashboard/dist'))
  expect(await read('api')).toEqual(expect.arrayContaining(['assets', 'index.html']))
  expect(await read('worker')).toEqual([])
})

test('only the API image contains the Kubernetes client', async () => {
  const installed = async (app: App): Promise<string> =>
    (await readdir(join(place, app, 'image/node_modules/.pnpm'))).join(' ')
  expect(await installed('api')).toMatch(/@kubernetes/)
  expect(await installed('worker')).not.toMatch(/@kubernetes/)
})

test('the images of the demo profile scan the simulated cluster together, are healthy, and stop on request', async () => {
  const { url, keys } = testRedis()
  const own = { REDIS_URL: url, CAPSTAN_REDIS_PREFIX: keys.prefix }
  const secrets = await writeSecrets()
  const cluster = await startImage('cluster-sim', {})
  const provider = await startImage('provider-sim', { SIM_CONFIG: '{}' })
  const kubeconfig = await readRootFile('deploy/compose/demo-kubeconfig.yaml')
  await writeFile(
    join(secrets.folder, 'kubeconfig'),
    kubeconfig.replace('http://127.0.0.1:6443', cluster.url),
  )
  const api = await startImage('api', {
    ...own,
    ...secrets.of('api'),
    CAPSTAN_PROVIDER: 'anthropic',
  })
  const worker = await startImage('worker', {
    ...own,
    ...secrets.of('worker'),
    CAPSTAN_PROVIDER: 'anthropic',
    ANTHROPIC_BASE_URL: provider.url,
  })
  expect(await Promise.all([api.health(), worker.health()])).toEqual([0, 0])

  const page = await fetch(`${api.url}/ui/`)
  expect(await page.text()).toContain('<script type="module"')
  expect(page.status).toBe(200)

  const headers = {
    authorization: `Bearer ${secrets.token}`,
    'content-type': 'application/json',
  }
  const scans = `${api.url}/api/v1/scans`
  expect((await fetch(scans)).status).toBe(401)
  const answer = await fetch(scans, { method: 'POST', headers, body: '{}' })
  const { id } = Scan.parse(await answer.json())
  const scan = await until('the end of the scan', async () => {
    const seen = Scan.parse(await (await fetch(`${scans}/${id}`, { headers })).json())
    return seen.done ? seen : undefined
  })
  expect(scan).toMatchObject({ status: 'succeeded', provider: 'anthropic' })
  expect(scan.progress.succeeded).toBe(66)

  expect(await worker.stop()).toBe(0)
  expect(await api.stop()).toBe(0)
  expect(await Promise.all([api.health(), worker.health()])).toEqual([1, 1])
})

/** The files that compose mounts at /run/secrets, here in a temporary folder. */
async function writeSecrets() {
  const folder = await mkdtemp(join(place, 'secrets-'))
  const token = 'of-the-image-test-0123456789'
  await writeFile(join(folder, 'capstan-token'), `${token}\n`)
  await cp(join(ROOT, 'deploy/compose/simulated-key'), join(folder, 'anthropic-api-key'))
  for (const name of ['openai', 'qdrant', 'embeddings']) {
    await cp(join(ROOT, 'deploy/compose/no-key'), join(folder, `${name}-api-key`))
  }
  for (const name of ['anthropic-headers', 'openai-headers', 'oidc-client-secret']) {
    await writeFile(join(folder, name), '')
  }
  const mounted = (value: string): string => value.replace('/run/secrets', folder)
  const of = (app: 'api' | 'worker'): Record<string, string> =>
    Object.fromEntries(
      Object.entries(compose.services[app]!.environment)
        .filter(([, value]) => value.startsWith('/run/secrets/'))
        .map(([name, value]) => [name, mounted(value)]),
    )
  return { folder, token, of }
}
