import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { serveLocalModels, testModelServer } from '@capstan/testkit/model-server'
import { ownPort } from '@capstan/testkit/own-port'
import { testRedis } from '@capstan/testkit/redis'
import { until } from '@capstan/testkit/until'
import { createFreshMachine } from './fresh-machine.ts'
import { filterRunningProcesses, listChildProcesses } from './process-tree.ts'
import { runCapstan, spawnCapstan, type RunningCapstan } from './run-capstan.ts'

const run = promisify(execFile)

function addressOf(up: RunningCapstan): string {
  const [, url = ''] = /serves at (\S+)/.exec(up.out()) ?? []
  return url
}

test('up with only a base URL shows the endpoint and its model, and later changes of the endpoint', async () => {
  const { environment } = await createFreshMachine()
  const port = await ownPort()
  const OPENAI_BASE_URL = `http://127.0.0.1:${port}/v1`
  const settings = { ...environment, OPENAI_BASE_URL, OPENAI_API_KEY: '', KUBECONFIG: ' ' }
  const up = spawnCapstan(['up', '--port', '0', '--workers', '1'], settings)
  await up.waitForText('Ctrl-C stops it')
  expect(up.out()).toContain(`LLM         openai at ${OPENAI_BASE_URL}, no model yet`)
  expect(up.out()).toContain('does not answer (connect ECONNREFUSED')
  expect(up.out()).not.toContain('rule-based answers')
  const client = { CAPSTAN_SERVER: addressOf(up) }
  const early = await runCapstan(['scan'], { environment: client })
  expect(early).toMatchObject({ code: 2, out: '' })
  expect(early.err).toContain('No model of openai is selected')
  expect(early.err).toContain('fix: Start the server, or set OPENAI_BASE_URL')
  const doctor = await runCapstan(['doctor'], { environment: client })
  expect(doctor.out).toContain('✖ provider')
  expect(doctor.out).toContain('does not answer')

  await testModelServer(serveLocalModels(['qwen3:8b']), port)
  await up.waitForText(`openai at ${OPENAI_BASE_URL}, model qwen3:8b`)
  const scanned = await runCapstan(['scan', 'services'], { environment: client })
  expect(scanned.err).toContain('succeeded: 1 type')
  const well = await runCapstan(['doctor'], { environment: client })
  expect(well.out).toContain(`✔ provider   openai is called at ${OPENAI_BASE_URL}, model qwen3:8b`)
})

test('up with an unusable base URL names the setting to correct', async () => {
  const { environment } = await createFreshMachine()
  const settings = { ...environment, OPENAI_BASE_URL: 'localhost:11434/v1' }
  const ended = await runCapstan(['up', '--port', '0'], { environment: settings })
  expect(ended).toMatchObject({ code: 2, out: '' })
  expect(ended.err).toContain('exit code 78')
  expect(ended.err).toContain(
    'OPENAI_BASE_URL: has no http:// or https://; set it to http://localhost:11434/v1',
  )
})

test('up starts and restarts its services, its printed commands work, a second up names the conflict, and Ctrl-C stops it', async () => {
  const { environment, home } = await createFreshMachine()
  const up = spawnCapstan(['up', '--port', '0'], environment)
  await up.waitForText('Ctrl-C stops it')
  const url = addressOf(up)
  expect(up.out()).toContain('the demo cluster, simulated (no kubeconfig found')
  expect(up.out()).toContain('known types get curated answers, all others rule-based answers')
  expect(up.out()).toContain(`data in ${home}/.local/share/capstan/redis`)
  const children = await listChildProcesses(up.pid)
  // Redis and its supervisor, cluster, API and two workers.
  expect(children.length).toBe(5)

  const [, lines = ''] = /Try:\n([\s\S]*?)\nThe same/.exec(up.out()) ?? []
  expect(lines.split('\n')).toHaveLength(3)
  const { stdout } = await run('sh', ['-c', lines], { timeout: 300_000 })
  expect(stdout).toContain('event: scan.finished')
  expect(stdout).toContain('"matched":')

  const client = { CAPSTAN_SERVER: url }
  const workers = await runCapstan(['get', 'workers', '-o', 'json'], { environment: client })
  const [worker] = JSON.parse(workers.out) as { pid: number }[]
  process.kill(worker!.pid, 'SIGKILL')
  await up.waitForText('is running again.')
  expect(up.err()).toMatch(/worker-\d ended \(signal SIGKILL\)/)

  const port = new URL(url).port
  const samePort = await runCapstan(['up', '--port', port], { environment })
  expect(samePort).toMatchObject({ code: 4, out: '' })
  expect(samePort.err).toMatch(/Port \d+ .*\n.*Another program.*\n.*--port/)
  const sameData = await runCapstan(['up', '--port', '0'], { environment })
  expect(sameData).toMatchObject({ code: 4, out: '' })
  expect(sameData.err).toContain(`Another Capstan (process ${up.pid})`)

  const left = await listChildProcesses(up.pid)
  expect(left.length).toBe(5)
  up.kill('SIGINT')
  expect(await up.ended, up.err()).toBe(0)
  expect(filterRunningProcesses([...children, ...left])).toEqual([])
  expect(up.err()).toContain('stopped.')
})

test('up uses port, workers, context and kubeconfig of the user, and demands the token if one is set', async () => {
  const { environment, home } = await createFreshMachine()
  const sim = await testClusterSim()
  await mkdir(join(home, '.kube'))
  await writeFile(join(home, '.kube', 'config'), sim.kubeconfig)
  const { url: redisUrl, keys } = testRedis()
  const settings = {
    ...environment,
    REDIS_URL: redisUrl,
    CAPSTAN_REDIS_PREFIX: keys.prefix,
    CAPSTAN_TOKEN: 'canary-up-token-0123456789',
  }
  const up = spawnCapstan(['up', '--port', '0', '--workers', '1', '--cluster', 'demo'], settings)
  await up.waitForText('Ctrl-C stops it')
  const client = { CAPSTAN_SERVER: addressOf(up), CAPSTAN_TOKEN: settings.CAPSTAN_TOKEN }
  expect(up.out()).toContain(`context demo of ${home}/.kube/config`)
  expect(up.out()).toContain('Bearer $CAPSTAN_TOKEN')
  expect(up.out() + up.err()).not.toContain('canary')
  const { out } = await runCapstan(['get', 'workers', '-o', 'name'], { environment: client })
  expect(out.trim().split('\n')).toHaveLength(1)
  const anonymous = await runCapstan(['get', 'workers'], {
    environment: { CAPSTAN_SERVER: addressOf(up) },
  })
  expect(anonymous.code).toBe(5)
  const scan = await runCapstan(['scan', 'pods', '-o', 'json'], { environment: client })
  expect(JSON.parse(scan.out)).toMatchObject({ status: 'succeeded', demo: true })
  expect(sim.requests().length).toBeGreaterThan(0)
})

test('up killed with SIGKILL leaves no process behind and restarts with the same data', async () => {
  const { environment } = await createFreshMachine()
  const up = spawnCapstan(['up', '--port', '0', '--workers', '1'], environment)
  await up.waitForText('Ctrl-C stops it')
  const first = { CAPSTAN_SERVER: addressOf(up) }
  await runCapstan(['scan', 'pods', '-q'], { environment: first })
  const children = await listChildProcesses(up.pid)
  expect(children.length).toBe(4)
  up.kill('SIGKILL')
  expect(await up.ended).toBeNull()
  await until('the end of all children', () =>
    filterRunningProcesses(children).length === 0 ? true : undefined,
  )
  const again = spawnCapstan(['up', '--port', '0', '--workers', '1'], environment)
  await again.waitForText('Ctrl-C stops it')
  const { out } = await runCapstan(['get', 'capabilities', '-o', 'name'], {
    environment: { CAPSTAN_SERVER: addressOf(again) },
  })
  expect(out).toBe('pods\n')
})

test.each([
  ['settings that cannot be', { PORT: 'many', CAPSTAN_WORKERS: '0' }, /PORT.*CAPSTAN_WORKERS/],
  ['a data folder that cannot be', { CAPSTAN_DATA_DIR: '/dev/null/x' }, /CAPSTAN_DATA_DIR/],
  [
    'a data folder below a file',
    { CAPSTAN_DATA_DIR: import.meta.filename },
    /up\.test\.ts.*EEXIST/s,
  ],
  // Root may write anywhere but there, and Node's recursive mkdir never returns.
  ['a data folder that is /proc', { CAPSTAN_DATA_DIR: '/proc' }, /directory \/proc cannot be used/],
  ['a data folder in /proc', { CAPSTAN_DATA_DIR: '/proc/a/b' }, /why: ENOENT/],
])('%s are rejected with a fix before anything starts', async (_, change, fix) => {
  const { environment } = await createFreshMachine()
  const ran = await runCapstan(['up'], { environment: { ...environment, ...change } })
  expect(ran).toMatchObject({ code: 2, out: '' })
  expect(ran.err).toMatch(fix)
  expect(ran.err).not.toContain('starting')
})

test.each(['0.0.0.0', '::', 'example.com'])(
  'up on %s without a token is refused once, before anything starts',
  async (HOST) => {
    const { environment } = await createFreshMachine()
    const up = spawnCapstan(['up', '--port', '0'], { ...environment, HOST })
    expect(await up.ended, up.err()).toBe(2)
    expect(up.err().match(/CAPSTAN_TOKEN must be set/g)).toHaveLength(1)
    expect(up.err()).toContain(`why: HOST: ${HOST} is open to others`)
    expect(up.err()).not.toContain('starting')
    expect(up.out()).toBe('')
  },
)

test('an error of the API at start is printed, and all other processes are stopped', async () => {
  const { environment } = await createFreshMachine()
  const up = spawnCapstan(['up', '--port', '0', '--workers', '1'], {
    ...environment,
    REDIS_URL: testRedis().url,
    CAPSTAN_TOKEN: 'short',
  })
  // A process that was left behind would keep it from ending.
  expect(await up.ended, up.err()).toBe(2)
  expect(up.err()).toMatch(/The api did not start\n(?: {2}why: .*\n)*.*CAPSTAN_TOKEN: /)
  expect(up.out()).toBe('')
})

test('up prints its first line before it loads modules, and one line for each step', async () => {
  const { environment } = await createFreshMachine()
  const up = spawnCapstan(['up', '--port', '0', '--workers', '1'], {
    ...environment,
    REDIS_URL: testRedis().url,
  })
  await up.waitForText('Ctrl-C stops it')
  expect(up.err().split('\n').slice(0, 3)).toEqual([
    'capstan: reading the settings…',
    'capstan: connecting to the Redis of REDIS_URL, starting the simulated cluster…',
    'capstan: starting the API and 1 worker…',
  ])
})

test('up reports a port that is in use before anything starts', async () => {
  const { environment } = await createFreshMachine()
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void other.close())
  const { port } = other.address() as AddressInfo
  const { code, err } = await runCapstan(['up', '--port', String(port)], { environment })
  expect(code).toBe(4)
  expect(err).toContain(`--port ${port + 1}`)
  expect(err).not.toContain('starting')
})
