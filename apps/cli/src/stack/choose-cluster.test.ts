import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { chooseCluster } from './choose-cluster.ts'

async function homeWith(kubeconfig?: string): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'capstan-home-'))
  onTestFinished(() => rm(home, { recursive: true }))
  if (kubeconfig !== undefined) {
    await mkdir(join(home, '.kube'))
    await writeFile(join(home, '.kube', 'config'), kubeconfig)
  }
  return home
}

test('without a kubeconfig the demo cluster is chosen, and the text names it', async () => {
  const choice = chooseCluster({ HOME: await homeWith() }, false)
  expect(choice).toMatchObject({ kind: 'demo' })
  expect(choice.text).toContain('no kubeconfig found')
})

test('the default kubeconfig is used with its current context', async () => {
  const HOME = await homeWith('current-context: prod\n')
  const path = join(HOME, '.kube', 'config')
  const choice = chooseCluster({ HOME }, false)
  expect(choice).toMatchObject({ kind: 'kubeconfig', path })
  expect(choice.text).toContain(`context prod of ${path}`)
  expect(chooseCluster({ HOME, CAPSTAN_CONTEXT: 'test' }, false).text).toContain('context test of')
})

test('an explicit setting has priority over a found kubeconfig, and --demo over everything', async () => {
  const HOME = await homeWith('current-context: prod\n')
  expect(chooseCluster({ HOME, KUBECONFIG: '/mine' }, false)).toMatchObject({ path: '/mine' })
  const files = { HOME, CAPSTAN_CLUSTER_FILES: '/crds' }
  expect(chooseCluster(files, false).text).toContain('/crds')
  expect(chooseCluster(files, true)).toMatchObject({ kind: 'demo' })
})

test('a missing KUBECONFIG file is named, and the first file with a current context is used', async () => {
  const folder = await homeWith()
  const [empty, full] = [join(folder, 'empty'), join(folder, 'full')]
  await writeFile(empty, 'current-context: ""\n')
  await writeFile(full, 'current-context: prod\n')
  const KUBECONFIG = ['/nowhere', empty, full].join(delimiter)
  const { text } = chooseCluster({ KUBECONFIG }, false)
  expect(text).toContain(`context prod of ${KUBECONFIG}; not found: /nowhere (`)
  expect(chooseCluster({ KUBECONFIG: full }, false).text).not.toContain('not found')
})

test('an unreadable kubeconfig is still chosen, so that the API reports the error', async () => {
  const HOME = await homeWith('{{{')
  expect(chooseCluster({ HOME }, false)).toMatchObject({ kind: 'kubeconfig' })
})
