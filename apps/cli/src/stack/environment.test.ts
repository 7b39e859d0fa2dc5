import { expect, test } from 'vitest'
import {
  selectApiEnvironment,
  selectMachineEnvironment,
  selectWorkerEnvironment,
} from './environment.ts'

const ALL = {
  PATH: '/bin',
  HOME: '/home/me',
  HTTPS_PROXY: 'http://proxy',
  HTTP_PROXY_FILE: '/proxy',
  no_proxy: '.corp.example',
  NODE_EXTRA_CA_CERTS: '/ca.pem',
  LOG_LEVEL: 'debug',
  CAPSTAN_TOKEN: 'token',
  CAPSTAN_TOKEN_FILE: '/token',
  CAPSTAN_CONTEXT: 'prod',
  CAPSTAN_PROVIDER: 'anthropic',
  CAPSTAN_CONCURRENCY: '5',
  CAPSTAN_OIDC_CLIENT_SECRET: 'secret',
  CAPSTAN_DATA_DIR: '/data',
  CAPSTAN_SERVER: 'http://elsewhere',
  KUBECONFIG: '/kube',
  KUBERNETES_SERVICE_HOST: '10.0.0.1',
  ANTHROPIC_API_KEY: 'key',
  OPENAI_API_KEY_FILE: '/key',
  OPENAI_BASE_URL: 'http://model',
  MISTRAL_API_KEY: 'other',
  EMBEDDINGS_API_KEY: 'vectors',
  AWS_SECRET_ACCESS_KEY: 'aws',
  SECRET_OF_ANOTHER_PROGRAM: 'x',
}
const NETWORK = ['HTTPS_PROXY', 'HTTP_PROXY_FILE', 'no_proxy', 'NODE_EXTRA_CA_CERTS']
const MACHINE = ['PATH', 'HOME', ...NETWORK, 'LOG_LEVEL']

test('the API gets cluster access, its tokens and the embeddings key, but no model key', () => {
  expect(Object.keys(selectApiEnvironment(ALL)).toSorted()).toEqual(
    [
      ...MACHINE,
      'CAPSTAN_TOKEN',
      'CAPSTAN_TOKEN_FILE',
      'CAPSTAN_OIDC_CLIENT_SECRET',
      'CAPSTAN_CONTEXT',
      'CAPSTAN_PROVIDER',
      'EMBEDDINGS_API_KEY',
      'KUBECONFIG',
      'KUBERNETES_SERVICE_HOST',
    ].toSorted(),
  )
})

test.each(['true', 'known'])(
  'an API that runs credential plugins (%s) gets the variables that plugins need, but no model key',
  (allowed) => {
    const given = selectApiEnvironment({ ...ALL, CAPSTAN_ALLOW_EXEC: allowed })
    expect(given).toMatchObject({ AWS_SECRET_ACCESS_KEY: 'aws' })
    const keys = Object.keys(given).filter((name) => /API_KEY|^OPENAI_|^ANTHROPIC_/.test(name))
    expect(keys).toEqual(['EMBEDDINGS_API_KEY'])
  },
)

test('a worker gets model keys, but neither API tokens nor cluster access', () => {
  const names = Object.keys(selectWorkerEnvironment(ALL)).toSorted()
  expect(names).toEqual(
    [
      ...MACHINE,
      'CAPSTAN_PROVIDER',
      'CAPSTAN_CONCURRENCY',
      'ANTHROPIC_API_KEY',
      'OPENAI_API_KEY_FILE',
      'OPENAI_BASE_URL',
      'MISTRAL_API_KEY',
    ].toSorted(),
  )
})

test('a simulator gets only machine variables', () => {
  expect(Object.keys(selectMachineEnvironment(ALL)).toSorted()).toEqual(MACHINE.toSorted())
})
