import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { describeSettings } from '@capstan/shared/config/describe-settings'
import { API_NODE_OPTIONS } from '@capstan/shared/config/node-options'
import { WORKER_NODE_OPTIONS } from '@capstan/shared/config/node-options'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { PROCESSES, SIMULATORS } from '../scripts/settings-page.ts'
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
  type Service,
  type Stage,
} from './deployment-files.ts'

// No Docker engine is needed: these tests read the files, and image.stress.test.ts runs their steps.

const SCHEMAS = { ...PROCESSES, ...SIMULATORS }
const SERVICES = ['redis', 'api', 'worker', 'qdrant', 'cluster-sim', 'provider-sim']
const APPS = ['api', 'worker', 'cluster-sim', 'provider-sim']
/** A value of the compose file on a host without variables. */
function withoutVariables(value: string): string {
  const inner = value.replaceAll(/\$\{\w+:(?:-([^${}]*)|\+[^${}]*)\}/g, '$1')
  return inner === value ? value : withoutVariables(inner)
}

/** Read by Node before any code of Capstan runs. */
const OF_NODE = 'NODE_OPTIONS'
/** Secrets of every process that makes network requests. */
const NETWORK = ['https-proxy', 'http-proxy', 'extra-ca-certs']
const PROXIES = ['${https_proxy:-${HTTPS_PROXY:-}}', '${http_proxy:-${HTTP_PROXY:-}}']

let compose: Compose
let stages: Stage[]
const service = (name: string): Service => compose.services[name]!

beforeAll(async () => {
  compose = await readCompose()
  stages = await readStages()
})

test('the compose file has exactly the services that these tests know', () => {
  expect(Object.keys(compose.services).toSorted()).toEqual(SERVICES.toSorted())
})

describe.each(SERVICES)('the service %s', (name) => {
  test('runs with restricted privileges', () => {
    const { init, read_only, cap_drop, security_opt, tmpfs, pids_limit } = service(name)
    expect({ init, read_only, cap_drop, security_opt }).toEqual({
      init: true,
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    })
    expect(tmpfs).toContain('/tmp')
    expect(pids_limit).toBeGreaterThan(0)
  })

  test('runs under a numeric user id other than root', () => {
    const usual = service(name).user.replaceAll(/\$\{\w+:-(\d+)\}/g, '$1')
    expect(usual).toMatch(/^[1-9]\d*:[1-9]\d*$/)
  })

  test('has a stop grace period and a health check', () => {
    const { stop_grace_period, healthcheck, build } = service(name)
    expect(stop_grace_period).toMatch(/^[1-9]\d+s$/)
    // API and workers define their health check in the image.
    if (build === undefined) expect(healthcheck).toBeDefined()
  })

  test('uses its own image or one with a pinned version', () => {
    const { image, build } = service(name)
    const folder = name.endsWith('-sim') ? { FOLDER: 'sims' } : {}
    if (build) expect(build).toEqual({ context: '.', args: { APP: name, ...folder } })
    else expect(image).toMatch(/^[\w/]+:v?\d+\.\d+[\w.-]*$/)
  })
})

test('only the API is published, on the loopback of the host', () => {
  const published = Object.entries(compose.services).filter(([, { ports }]) => ports.length > 0)
  expect(published.map(([name, { ports }]) => [name, ports])).toEqual([
    ['api', ['127.0.0.1:${CAPSTAN_PORT:-8080}:8080']],
  ])
  expect(parseEnv(stages.at(-1)!)['PORT']).toBe('8080')
})

test('Redis is durable, evicts nothing, and is reachable only for services that need it', () => {
  const { command, volumes, networks } = service('redis')
  expect(command).toEqual(
    expect.arrayContaining(['--appendonly', 'yes', '--maxmemory-policy', 'noeviction']),
  )
  expect(volumes).toEqual(['redis:/data'])
  expect(networks).toEqual(['queue'])
  expect(compose.networks['queue']).toEqual({ internal: true })
  const inside = SERVICES.filter((name) => service(name).networks.includes('queue'))
  expect(inside).toEqual(['redis', 'api', 'worker', 'qdrant'])
})

test('services that need Redis wait until it is healthy', () => {
  for (const name of ['api', 'worker']) {
    expect(service(name).depends_on).toEqual({ redis: { condition: 'service_healthy' } })
  }
})

test('simulators and vector store start only with their profile', () => {
  const usual = SERVICES.filter((name) => service(name).profiles.length === 0)
  expect(usual).toEqual(['redis', 'api', 'worker'])
  expect(service('qdrant').profiles).toEqual(['qdrant'])
  for (const name of ['cluster-sim', 'provider-sim']) {
    expect(service(name).profiles).toEqual(['demo'])
  }
})

test.each([
  ['api', 20],
  ['worker', 10],
])('%s has a longer stop grace period than its own timeout of %d s', (name, own) => {
  expect(Number.parseInt(service(name).stop_grace_period, 10)).toBeGreaterThan(own)
})

describe('secrets', () => {
  test('model keys go only to workers; kubeconfig, token and search keys only to the API', () => {
    const given = SERVICES.map((name) => [name, service(name).secrets])
    expect(Object.fromEntries(given)).toEqual({
      redis: [],
      api: [
        'capstan-token',
        'kubeconfig',
        'qdrant-api-key',
        'embeddings-api-key',
        'oidc-client-secret',
        ...NETWORK,
      ],
      worker: [
        'anthropic-api-key',
        'openai-api-key',
        'anthropic-headers',
        'openai-headers',
        ...NETWORK,
      ],
      qdrant: [],
      'cluster-sim': [],
      'provider-sim': [],
    })
  })

  test('required secrets have no default but an explanation', () => {
    for (const name of ['capstan-token', 'kubeconfig']) {
      expect(compose.secrets[name]?.file).toMatch(/^\$\{CAPSTAN_\w+:\?.*docs\/deployment\.md\}$/)
    }
  })

  test('optional secrets default to an empty file', async () => {
    for (const name of [
      'anthropic-api-key',
      'openai-api-key',
      'anthropic-headers',
      'openai-headers',
      'qdrant-api-key',
      'embeddings-api-key',
      'oidc-client-secret',
      ...NETWORK,
    ]) {
      const usual = /^\$\{[A-Z_]+:-(.+)\}$/.exec(compose.secrets[name]?.file ?? '')?.[1]
      expect(await readRootFile(usual ?? '')).toBe('')
    }
  })

  test.each(APPS)('no secret of %s is given by value', (name) => {
    const secrets = describeSettings(SCHEMAS[name]!).filter(({ isSecret }) => isSecret)
    const { environment } = service(name)
    const byValue = secrets.flatMap((setting) => environment[setting.name] ?? [])
    // A URL without a password is not a secret; for one with a password there is a file.
    const places = ['redis://redis:6379', ...PROXIES]
    expect(byValue.filter((value) => !places.includes(value))).toEqual([])
  })

  test.each(['api', 'worker'])('every file that %s reads is mounted', (name) => {
    const { environment, secrets } = service(name)
    const read = Object.values(environment).flatMap(
      (value) => /^(?:\$\{\w+:\+)?\/run\/secrets\/([\w-]+)\}?$/.exec(value)?.[1] ?? [],
    )
    expect(read.toSorted()).toEqual(secrets.toSorted())
  })
})

describe('settings', () => {
  test.each(APPS)('%s reads every variable that it is given', (name) => {
    const known = describeSettings(SCHEMAS[name]!).map((setting) => setting.name)
    const given = [...Object.keys(service(name).environment), ...Object.keys(imageEnvironment())]
    for (const variable of given.filter((one) => one !== OF_NODE)) {
      expect(known, variable).toContain(variable.replace(/_FILE$/, ''))
    }
  })

  test('workers get the heap limit that keeps their memory flat', () => {
    expect(service('worker').environment[OF_NODE]).toBe(WORKER_NODE_OPTIONS)
  })

  test('the API gets the heap limit that bounds its memory per client', () => {
    expect(service('api').environment[OF_NODE]).toBe(API_NODE_OPTIONS)
  })

  test.each(APPS)('%s accepts the values that it is given', (name) => {
    const given = { ...imageEnvironment(), ...service(name).environment }
    const values = Object.entries(given)
      .filter(([variable]) => !variable.endsWith('_FILE'))
      .map(([variable, value]) => [variable, withoutVariables(value)])
      .filter(([, value]) => value !== '')
    expect(SCHEMAS[name]!.safeParse(Object.fromEntries(values)).error).toBeUndefined()
  })

  test.each(['api', 'worker'])('%s gets the proxies and the extra CA file of the host', (name) => {
    const { environment } = service(name)
    expect(environment).toMatchObject({
      HTTPS_PROXY: PROXIES[0],
      HTTP_PROXY: PROXIES[1],
      HTTPS_PROXY_FILE: '${HTTPS_PROXY_FILE:+/run/secrets/https-proxy}',
      HTTP_PROXY_FILE: '${HTTP_PROXY_FILE:+/run/secrets/http-proxy}',
      NODE_EXTRA_CA_CERTS: '${NODE_EXTRA_CA_CERTS:+/run/secrets/extra-ca-certs}',
    })
    const hosts = environment['NO_PROXY']?.split(',') ?? []
    expect(hosts.slice(0, -1)).toEqual(['qdrant', 'provider-sim', 'host.docker.internal'])
    expect(hosts.at(-1)).toBe('${no_proxy:-${NO_PROXY:-}}')
  })

  test('each variable of the host is documented', async () => {
    const text = await readRootFile('docker-compose.yml')
    const page = await readRootFile('docs/deployment.md')
    const asked = new Set(Array.from(text.matchAll(/\$\{(\w+)/g), ([, variable = '']) => variable))
    expect(asked.size).toBeGreaterThan(8)
    for (const variable of asked) expect(page, variable).toContain(`\`${variable}\``)
  })

  function imageEnvironment(): Record<string, string> {
    const { NODE_ENV: _, ...settings } = parseEnv(stages.at(-1)!)
    return settings
  }
})

describe('the demo', () => {
  test('the env file of the demo sets every variable that the compose file requires', async () => {
    const text = await readRootFile('docker-compose.yml')
    for (const line of (await readRootFile('deploy/compose/demo.env')).trim().split('\n')) {
      if (line.startsWith('#')) continue
      const [variable, value = ''] = line.split('=')
      expect(text, variable).toContain('${' + variable)
      if (value.startsWith('./')) await access(join(ROOT, value))
    }
  })

  test('the kubeconfig of the demo contains no credentials and points to the simulator', async () => {
    const kubeconfig = parse(await readRootFile('deploy/compose/demo-kubeconfig.yaml'))
    const { HOST, PORT, ANONYMOUS } = service('cluster-sim').environment
    expect(kubeconfig.clusters[0].cluster).toEqual({ server: `http://${HOST}:${PORT}` })
    expect(kubeconfig.users).toEqual([{ name: 'anonymous', user: {} }])
    expect(ANONYMOUS).toBe('true')
    expect(service('cluster-sim').network_mode).toBe('service:api')
  })

  test('the health checks of the simulators request existing paths', async () => {
    const cluster = await testClusterSim({ anonymous: true })
    expect((await fetch(cluster.url + pathOf(service('cluster-sim')))).status).toBe(200)
    expect(pathOf(service('provider-sim'))).toBe('/_sim/stats')
  })

  function pathOf({ healthcheck }: Service): string {
    const url = /'(http:\S+)'/.exec(healthcheck?.test.at(-1) ?? '')?.[1]
    return new URL(url ?? '').pathname
  }
})

describe('the Dockerfile', () => {
  test('uses the pinned Node version and package tools', async () => {
    const { catalog } = parse(await readRootFile('pnpm-workspace.yaml'))
    const { packageManager } = JSON.parse(await readRootFile('package.json'))
    const images = stages.map(({ image }) => image).filter((image) => image.includes(':'))
    expect(new Set(images)).toEqual(new Set([`node:${catalog.node}-bookworm-slim`]))
    expect(findOnlyStep(findStage(stages, 'tools'), 'RUN').split(' ')).toEqual(
      expect.arrayContaining([packageManager, `turbo@${catalog.turbo}`]),
    )
  })

  test('installs from the lockfile, without development tools and without install scripts', () => {
    const words = findOnlyStep(findStage(stages, 'install'), 'RUN').split(' ')
    expect(words).toEqual(
      expect.arrayContaining(['--prod', '--frozen-lockfile', '--ignore-scripts']),
    )
  })

  test('creates an image that runs as a numeric non-root user on files owned by root', () => {
    const last = stages.at(-1)!
    expect(findOnlyStep(last, 'USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/)
    // Files copied without --chown belong to root. image.stress.test.ts copies the same way.
    expect(copiesOf(last)).toEqual([
      '--from=install /app/node_modules /app/node_modules',
      '--from=install /app/packages /app/packages',
      '--from=install /app/${FOLDER}/${APP} ./',
      '--from=dashboard /repo/out/dashboard /app/apps/dashboard/dist',
    ])
    expect(copiesOf(findStage(stages, 'install'))).toEqual([
      '--from=prune /repo/out/json/ ./',
      '--from=prune /repo/out/full/ ./',
    ])
    for (const name of ['prune', 'dashboard']) {
      expect(copiesOf(findStage(stages, name))).toEqual(['. .'])
    }
  })

  function copiesOf({ steps }: Stage): string[] {
    return steps.filter(({ keyword }) => keyword === 'COPY').map(({ text }) => text)
  }

  test('puts no secret into the image', () => {
    for (const { steps } of stages) {
      for (const { keyword, text } of steps) {
        if (keyword === 'ARG') expect(['APP', 'FOLDER=apps']).toContain(text)
        expect(text).not.toMatch(/_KEY|TOKEN|PASSWORD|SECRET/)
      }
    }
  })

  test('starts Node directly, so that it receives signals', () => {
    const last = stages.at(-1)!
    expect(findOnlyStep(last, 'WORKDIR')).toBe('/app/${FOLDER}/${APP}')
    expect(parseExecForm(findOnlyStep(last, 'CMD'))).toEqual(['node', 'src/main.ts'])
    // image.stress.test.ts runs this health check.
    expect(findOnlyStep(last, 'HEALTHCHECK')).toContain('/livez')
  })

  test('gets only sources: no key, kubeconfig, history or installed package', async () => {
    const isIgnored = await readIgnored()
    const secret = ['capstan-token', '.env', 'apps/api/.env.local', 'kubeconfig', '.git/config']
    const needless = ['node_modules', 'apps/api/node_modules/zod', 'docs/settings.md', '.cache/x']
    const tests = [
      'apps/api/test/rig.ts',
      'apps/api/src/config.test.ts',
      'test/image.stress.test.ts',
    ]
    for (const path of [...secret, ...needless, ...tests]) expect(isIgnored(path), path).toBe(true)
    const needed = ['pnpm-lock.yaml', 'apps/api/src/main.ts', 'packages/testkit/package.json']
    for (const path of needed) expect(isIgnored(path), path).toBe(false)
  })
})

test('the deployment page states that no Docker engine has run the image yet', async () => {
  expect(await readRootFile('docs/deployment.md')).toMatch(/no Docker engine has run/i)
})
