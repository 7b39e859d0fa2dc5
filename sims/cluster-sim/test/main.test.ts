import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { writeCrdFolder } from '@capstan/testkit/crd-folder'
import { startProcess } from '@capstan/testkit/start-process'

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'capstan-cluster-sim-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

test('the process prints its URL, writes a private kubeconfig and stops on SIGTERM', async () => {
  const file = join(await emptyFolder(), 'kubeconfig')
  const sim = await startProcess('cluster-sim', { KUBECONFIG_OUT: file })
  onTestFinished(async () => void (await sim.stop('SIGKILL')))
  const kubeconfig = await readFile(file, 'utf8')
  expect(kubeconfig).toContain(`server: ${sim.url}`)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const token = /token: (\S+)/.exec(kubeconfig)?.[1]
  expect(sim.output()).not.toContain(token)
  const authorization = `Bearer ${token}`
  const answer = await fetch(`${sim.url}/version`, { headers: { authorization } })
  expect(await answer.json()).toMatchObject({ major: '1' })
  expect(await sim.stop()).toBe(0)
})

test('a folder of manifests is served as a cluster with stable uids', async () => {
  const folder = await emptyFolder()
  await writeCrdFolder(join(folder, 'crds'), 3)
  const uids = []
  for (const run of ['first', 'second']) {
    const file = join(folder, `${run}.kubeconfig`)
    const sim = await startProcess('cluster-sim', {
      KUBECONFIG_OUT: file,
      CLUSTER: join(folder, 'crds'),
    })
    onTestFinished(async () => void (await sim.stop('SIGKILL')))
    const authorization = `Bearer ${/token: (\S+)/.exec(await readFile(file, 'utf8'))?.[1]}`
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
    const answer = await fetch(sim.url + path, { headers: { authorization } })
    const { items } = (await answer.json()) as { items: { metadata: { uid: string } }[] }
    expect(items).toHaveLength(3)
    uids.push(items.map(({ metadata }) => metadata.uid))
    await sim.stop()
  }
  expect(uids[1]).toEqual(uids[0])
})

test('with ANONYMOUS a request needs no token, but a wrong token is rejected', async () => {
  const file = join(await emptyFolder(), 'kubeconfig')
  const sim = await startProcess('cluster-sim', { KUBECONFIG_OUT: file, ANONYMOUS: 'true' })
  onTestFinished(async () => void (await sim.stop('SIGKILL')))
  expect((await fetch(`${sim.url}/version`)).status).toBe(200)
  const authorization = 'Bearer of-another-cluster'
  expect((await fetch(`${sim.url}/version`, { headers: { authorization } })).status).toBe(401)
})

test('an unknown cluster ends the process with a reason', async () => {
  const started = startProcess('cluster-sim', { CLUSTER: '/no/such/folder' })
  await expect(started).rejects.toThrow('/no/such/folder')
})
