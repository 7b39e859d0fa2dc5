import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { open, scan, signal } from './cluster.ts'
import { crd } from './crd.ts'

function folderOf(files: Record<string, unknown>): string {
  const folder = mkdtempSync(join(tmpdir(), 'capstan-warnings-'))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    const isRaw = typeof content === 'string' || Buffer.isBuffer(content)
    writeFileSync(join(folder, name), isRaw ? content : JSON.stringify(content))
  }
  return folder
}

/** Names of the types that a folder defines, and the warnings. */
async function read(clusterFiles: string) {
  const source = open({ clusterFiles }).default
  const names = [...(await scan(source)).keys()].toSorted()
  return { names, warnings: source.warnings() }
}

const GOOD = { 'good.json': crd('boats') }

test('valid documents around an invalid one in the same file are read', async () => {
  const text = [crd('boats'), 'a: [', crd('cranes')]
    .map((document) => (typeof document === 'string' ? document : JSON.stringify(document)))
    .join('\n---\n')
  const { names, warnings } = await read(folderOf({ 'all.yaml': text }))
  expect(names).toContain('boats.shop.example')
  expect(warnings[0]).toBe('all.yaml: document 2 is not valid YAML')
})

test.each(['List', 'CustomResourceDefinitionList'])('the items of a %s are read', async (kind) => {
  const items = [crd('boats'), crd('cranes')]
  const plain = items.map(({ kind: _kind, apiVersion: _version, ...item }) => item)
  const list = kind === 'List' ? items : plain
  const content = { kind, apiVersion: 'apiextensions.k8s.io/v1', items: list }
  const { names, warnings } = await read(folderOf({ 'list.json': content }))
  expect(names).toEqual(['boats.shop.example', 'cranes.shop.example'])
  expect(warnings).toEqual([])
})

test('the first of two definitions of a type in path order counts, and the other is a warning', async () => {
  const newer = crd('boats', { versions: [{ name: 'v2', served: true }] })
  const folder = folderOf({ 'a.json': crd('boats'), 'b.json': newer, 'c.yaml': '' })
  const twice = JSON.stringify(crd('cranes'))
  writeFileSync(join(folder, 'c.yaml'), `${twice}\n---\n${twice}\n`)
  const source = open({ clusterFiles: folder }).default
  const { types } = await source.discover(signal())
  expect(types.map(({ plural, version }) => `${plural} ${version}`)).toEqual([
    'boats v1',
    'cranes v1',
  ])
  expect(source.warnings()).toEqual([
    'b.json: boats.shop.example is defined in a.json already; the first one counts',
    'c.yaml: cranes.shop.example is defined in the same file already; the first one counts',
  ])
})

test('the same definition in two files is a warning', async () => {
  const [one, two] = [folderOf(GOOD), folderOf({ 'copy.json': crd('boats') })]
  const { warnings } = await read(`${one},${two}`)
  expect(warnings).toEqual([
    'copy.json: boats.shop.example is defined in good.json already; the first one counts',
  ])
})

describe('of links', () => {
  test('a link to a file outside the folder is followed', async () => {
    const [folder, outside] = [folderOf(GOOD), folderOf({ 'cranes.json': crd('cranes') })]
    symlinkSync(join(outside, 'cranes.json'), join(folder, 'link.json'))
    const { names, warnings } = await read(folder)
    expect(names).toEqual(['boats.shop.example', 'cranes.shop.example'])
    expect(warnings).toEqual([])
  })

  test('a link to a folder outside and a dangling link are warnings', async () => {
    const [folder, outside] = [folderOf(GOOD), folderOf({ 'cranes.json': crd('cranes') })]
    symlinkSync(outside, join(folder, 'more'))
    symlinkSync('/nowhere/at-all', join(folder, 'lost.yaml'))
    expect((await read(folder)).warnings.toSorted()).toEqual([
      'lost.yaml: cannot be read: ENOENT',
      'more: is a link to a folder, which is not followed',
    ])
  })

  test('each file of a mounted ConfigMap is read once, also after a change', async () => {
    const folder = folderOf({ '..data_1/boats.yaml': crd('boats') })
    symlinkSync('..data_1', join(folder, '..data'))
    symlinkSync(join('..data', 'boats.yaml'), join(folder, 'boats.yaml'))
    const source = open({ clusterFiles: folder }).default
    expect([...(await scan(source)).keys()]).toEqual(['boats.shop.example'])
    expect(source.warnings()).toEqual([])
    mkdirSync(join(folder, '..data_2'))
    writeFileSync(join(folder, '..data_2', 'boats.yaml'), JSON.stringify(crd('cranes')))
    symlinkSync('..data_2', join(folder, '..data_tmp'))
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'))
    rmSync(join(folder, '..data_1'), { recursive: true })
    const { types } = await source.discover(signal())
    expect(types.map(({ plural }) => plural)).toEqual(['cranes'])
    expect(source.warnings()).toEqual([])
  })

  test('a cycle of links ends', async () => {
    const folder = folderOf(GOOD)
    symlinkSync(folder, join(folder, 'self'))
    symlinkSync('a.yaml', join(folder, 'b.yaml'))
    symlinkSync('b.yaml', join(folder, 'a.yaml'))
    const { names, warnings } = await read(folder)
    expect(names).toEqual(['boats.shop.example'])
    expect(warnings.toSorted()).toEqual([
      'a.yaml: cannot be read: ELOOP',
      'b.yaml: cannot be read: ELOOP',
    ])
  })
})

test('a file that is too large is a warning, and is not read', async () => {
  const folder = folderOf({ ...GOOD, 'huge.yaml': '' })
  truncateSync(join(folder, 'huge.yaml'), 64 * 2 ** 20 + 1)
  expect((await read(folder)).warnings).toEqual(['huge.yaml: is larger than 67108864 bytes'])
})

test('a file and a folder without read permission are warnings', async ({ skip }) => {
  skip(process.getuid?.() === 0, 'root may read everything')
  const folder = folderOf({ ...GOOD, 'secret.yaml': '', 'hidden/a.yaml': '' })
  chmodSync(join(folder, 'secret.yaml'), 0)
  chmodSync(join(folder, 'hidden'), 0)
  expect((await read(folder)).warnings).toEqual([
    'hidden: cannot be read: EACCES',
    'secret.yaml: cannot be read: EACCES',
  ])
})

test('warnings are reported once, end with their file, and are limited in number', async () => {
  const reported: string[] = []
  const bad = crd('cranes', { versions: [] })
  const folder = folderOf({ ...GOOD, 'bad.json': bad })
  const source = open({ clusterFiles: folder, onWarning: (one) => reported.push(one) }).default
  await scan(source)
  await scan(source)
  expect(reported).toHaveLength(1)
  rmSync(join(folder, 'bad.json'))
  await source.discover(signal())
  expect(source.warnings()).toEqual([])
  for (let index = 0; index < 150; index++) writeFileSync(join(folder, `bad-${index}.json`), '{')
  await source.discover(signal())
  expect(source.warnings()).toHaveLength(101)
  expect(source.warnings().at(-1)).toBe('50 more files or definitions are left out')
})

test('the error names the reasons when every definition is skipped', async () => {
  const folder = folderOf({ 'bad.json': crd('cranes', { versions: [] }) })
  await expect(open({ clusterFiles: folder }).default.discover(signal())).rejects.toThrow(
    'bad.json: the definition (cranes.shop.example) is left out: it has no version',
  )
})
