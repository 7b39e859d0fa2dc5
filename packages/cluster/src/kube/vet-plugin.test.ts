import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { expect, test } from 'vitest'
import type { ExecEntry } from './kubeconfig-file.ts'
import { KNOWN_PLUGINS } from './known-plugins.ts'
import { vetPlugin } from './vet-plugin.ts'
import { catchAppError } from '../../test/catch-app-error.ts'

const root = mkdtempSync(join(tmpdir(), 'capstan-plugins-'))
const bin = folder('bin')
const elsewhere = folder('elsewhere')
for (const name of KNOWN_PLUGINS.keys()) program(join(bin, name))

function folder(name: string): string {
  mkdirSync(join(root, name))
  return join(root, name)
}

function program(path: string): string {
  writeFileSync(path, '#!/bin/sh\n')
  chmodSync(path, 0o755)
  return path
}

const ENVIRONMENT = { PATH: ['relative', '', bin].join(delimiter) }

/** The command that would run. */
function vet(exec: Partial<ExecEntry>, environment = ENVIRONMENT): string {
  const user = vetPlugin('c', { exec }, { allowExec: 'known', environment })
  return user.exec?.command ?? ''
}

test.each([
  ['aws', ['eks', 'get-token', '--cluster-name', 'prod']],
  ['aws', ['--region', 'eu-west-1', '--output=json', 'eks', 'get-token', '--cluster-name', 'prod']],
  ['aws', ['--no-verify-ssl', 'eks', 'get-token']],
  ['aws-iam-authenticator', ['token', '-i', 'prod']],
  ['doctl', ['kubernetes', 'cluster', 'kubeconfig', 'exec-credential', '--version=v1beta1', 'id']],
  ['gke-gcloud-auth-plugin', null],
  ['gke-gcloud-auth-plugin', ['--use_application_default_credentials']],
  ['kubectl', ['oidc-login', 'get-token', '--oidc-issuer-url=https://id.example']],
  ['kubectl-oidc_login', ['get-token']],
  ['kubelogin', ['get-token', '--login', 'azurecli', '--server-id', 'x']],
  ['oc', ['get-token', '--client-id=x']],
  ['oci', ['ce', 'cluster', 'generate-token', '--cluster-id', 'x']],
  ['pinniped', ['login', 'oidc', '--issuer=https://id.example']],
  ['rancher', ['token', '--server=https://rancher.example']],
  ['scw', ['k8s', 'exec-credential']],
  ['tsh', ['kube', 'credentials', '--kube-cluster=prod']],
  ['yc', ['k8s', 'create-token', '--profile=default']],
])('the known plugin %s with %j is permitted and looked up in PATH', (command, args) => {
  expect(vet({ command, args })).toBe(join(bin, command))
})

test('variables for accounts and regions are permitted', () => {
  const env = [
    { name: 'AWS_PROFILE', value: 'prod' },
    { name: 'AWS_STS_REGIONAL_ENDPOINTS', value: 'regional' },
  ]
  expect(vet({ command: 'aws', args: ['eks', 'get-token'], env })).toBe(join(bin, 'aws'))
})

test.each([
  'PATH',
  'LD_PRELOAD',
  'LD_LIBRARY_PATH',
  'PYTHONPATH',
  'NODE_OPTIONS',
  'HOME',
  'AWS_CONFIG_FILE',
  'AWS_ENDPOINT_URL',
  'CLOUDSDK_PYTHON',
  'GOOGLE_APPLICATION_CREDENTIALS',
  'BROWSER',
  'aws_profile',
])('a known plugin with the variable %s is rejected', (name) => {
  const env = [{ name, value: 'x' }]
  const fault = catchAppError(() => vet({ command: 'aws', args: ['eks', 'get-token'], env }))
  expect(fault.message).toContain(`runs aws with the variable ${name}`)
})

test.each([
  ['aws', ['s3', 'cp', 's3://a/b', '/tmp/x']],
  ['aws', ['--debug', 's3', '--debug', 'cp', 'eks', 'get-token']],
  ['aws', ['--region', 's3', 'cp', 'eks', 'get-token']],
  ['aws', ['eks', 'update-kubeconfig']],
  ['aws', null],
  ['kubectl', ['delete', 'namespace', 'prod']],
  ['kubectl', ['oidc-login', 'setup']],
  ['doctl', ['compute', 'ssh', 'x']],
  ['tsh', ['ssh', 'x']],
  ['oci', []],
])('the known plugin %s with %j is rejected', (command, args) => {
  expect(catchAppError(() => vet({ command, args })).message).toContain(
    `runs ${command} for something else than a credential`,
  )
})

test.each(['kubelogin', 'kubectl-oidc_login'])(
  'an option of %s that runs another program is rejected',
  (command) => {
    for (const option of [['--browser-command', 'sh'], ['--browser-command=sh']]) {
      const fault = catchAppError(() => vet({ command, args: ['get-token', ...option] }))
      expect(fault.message).toContain('with the option --browser-command')
    }
  },
)

test('a path to a known plugin is permitted only if PATH resolves to the same program', () => {
  const args = ['kube', 'credentials']
  expect(vet({ command: join(bin, 'tsh'), args })).toBe(join(bin, 'tsh'))
  const link = join(elsewhere, 'tsh')
  symlinkSync(join(bin, 'tsh'), link)
  expect(vet({ command: link, args })).toBe(join(bin, 'tsh'))
  const copy = join(folder('copied'), 'tsh')
  copyFileSync(join(bin, 'tsh'), copy)
  const fault = catchAppError(() => vet({ command: copy, args }))
  expect(fault.message).toContain(`runs ${copy}, which is another program than ${join(bin, 'tsh')}`)
  expect(catchAppError(() => vet({ command: join(root, 'missing', 'tsh'), args })).code).toBe(
    'CLUSTER_MISCONFIGURED',
  )
})

test.each([
  ['a PATH without it', { PATH: elsewhere }],
  ['a relative PATH', { PATH: 'bin' }],
  ['no PATH', { PATH: undefined }],
])('a known plugin is not found with %s', (_, environment) => {
  const call = { command: 'aws', args: ['eks', 'get-token'] }
  expect(catchAppError(() => vet(call, environment as typeof ENVIRONMENT)).message).toContain(
    'runs aws, which is not on the PATH of this process',
  )
})

test('a file that is not executable is not found as a plugin', () => {
  writeFileSync(join(folder('plain'), 'aws'), '')
  const environment = { PATH: [join(root, 'plain'), bin].join(delimiter) }
  expect(vet({ command: 'aws', args: ['eks', 'get-token'] }, environment)).toBe(join(bin, 'aws'))
})

test.each(['get-token.sh', '/bin/sh', 'AWS', 'aws.exe'])(
  'the unknown program %s is refused, with the names of the known ones',
  (command) => {
    const fault = catchAppError(() => vet({ command }))
    expect(fault.message).toContain('which is no known credential plugin')
    expect(fault.hint).toContain('aws, aws-iam-authenticator, doctl, gke-gcloud-auth-plugin')
    expect(fault.hint).toContain('CAPSTAN_ALLOW_EXEC=true')
  },
)

test('a known plugin is rejected by default, and the hint names both values of CAPSTAN_ALLOW_EXEC', () => {
  const exec = { command: 'aws', args: ['eks', 'get-token'] }
  const fault = catchAppError(() =>
    vetPlugin('c', { exec }, { allowExec: false, environment: ENVIRONMENT }),
  )
  expect(fault.message).toContain('runs a program to get its credentials (aws)')
  expect(fault.hint).toContain('CAPSTAN_ALLOW_EXEC=known')
  expect(fault.hint).toContain('CAPSTAN_ALLOW_EXEC=true')
})

test('CAPSTAN_ALLOW_EXEC=known permits only the auth-provider oidc, which runs no program', () => {
  const options = { allowExec: 'known', environment: ENVIRONMENT } as const
  const oidc = { 'auth-provider': { name: 'oidc' } }
  expect(vetPlugin('c', oidc, options)).toBe(oidc)
  const gcp = { 'auth-provider': { name: 'gcp', config: { 'cmd-path': '/bin/sh' } } }
  expect(catchAppError(() => vetPlugin('c', gcp, options)).message).toContain('runs a program')
})
