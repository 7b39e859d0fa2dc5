import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { writeCrdFolder } from '@capstan/testkit/crd-folder'
import { getDefinition, createMemoryCache, open, scan, signal, createSource } from './cluster.ts'

function folderOf(files: Record<string, string> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'capstan-files-'))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  return folder
}

const filesIn = (clusterFiles: string) => open({ clusterFiles }).default

test('a folder of manifests gives the same definitions as a cluster with these manifests', async () => {
  const folder = folderOf()
  const names = await writeCrdFolder(folder, 12)
  const sim = await testClusterSim({ cluster: folder })
  const ofCluster = await scan(createSource(sim), createMemoryCache(), (resource) =>
    names.includes(resource),
  )
  const ofFiles = await scan(filesIn(folder))
  expect([...ofFiles.keys()].toSorted()).toEqual(names.toSorted())
  for (const name of names)
    expect(getDefinition(ofFiles, name)).toEqual(getDefinition(ofCluster, name))
})

test('an invalid file is a warning and does not prevent reading others', async () => {
  const folder = folderOf({
    'cut.json': '{"kind": "CustomRes',
    'half.yaml': 'a: [\n---\nkind: Deployment\n',
    'wrong.json': '{"kind":"CustomResourceDefinition","spec":{"group":1}}',
    'empty.yaml': '',
    'notes.md': 'not read at all',
  })
  await writeCrdFolder(folder, 2)
  const source = filesIn(folder)
  expect((await scan(source)).size).toBe(2)
  expect(source.warnings()).toEqual([
    'cut.json: cannot be read as YAML or JSON',
    'half.yaml: document 1 is not valid YAML',
    'wrong.json: holds a definition that cannot be read',
  ])
})

test.each([
  ['a broken file', { 'cut.json': '{' }, /None of the 1 files .*: cut\.json: cannot be read/],
  ['other objects', { 'a.yaml': 'kind: Deployment' }, /: none is a CRD or an OpenAPI v3 document/],
  ['nothing to read', { 'notes.md': '' }, /No YAML or JSON file/],
])('a folder with only %s is rejected with the reason', async (_, files, message) => {
  const fault = filesIn(folderOf(files)).discover(signal())
  await expect(fault).rejects.toMatchObject({
    code: 'CLUSTER_MISCONFIGURED',
    message: expect.stringMatching(message),
    hint: expect.stringContaining('CAPSTAN_CLUSTER_FILES'),
  })
})

test('a missing folder and an empty list of folders are rejected', async () => {
  const folder = folderOf()
  await writeCrdFolder(folder, 1)
  await expect(filesIn(`${folder}, /nowhere/at-all`).discover(signal())).rejects.toThrow(
    'There is no file or folder /nowhere/at-all',
  )
  await expect(filesIn(' , ').discover(signal())).rejects.toThrow('No file or folder is named')
})

test('a changed file is read again', async () => {
  const folder = folderOf()
  const [name = ''] = await writeCrdFolder(folder, 1)
  const source = filesIn(folder)
  const before = getDefinition(await scan(source), name)
  const path = join(folder, `${name}.json`)
  const changed = readFileSync(path, 'utf8').replace(
    'How many copies run.',
    'How many cranes turn.',
  )
  writeFileSync(path, changed)
  const after = getDefinition(await scan(source), name)
  expect(after.outline).toContain('How many cranes turn')
  expect(after.definitionHash).not.toBe(before.definitionHash)
})
