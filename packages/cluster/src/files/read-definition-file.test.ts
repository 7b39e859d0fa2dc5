import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { crd } from '../../test/crd.ts'
import { readDefinitionFile } from './read-definition-file.ts'

/** Plurals of the types that a file defines, and its warnings. */
function read(name: string, content: unknown) {
  const path = join(mkdtempSync(join(tmpdir(), 'capstan-definitions-')), name)
  const isRaw = typeof content === 'string' || Buffer.isBuffer(content)
  writeFileSync(path, isRaw ? content : JSON.stringify(content))
  const { resources, warnings } = readDefinitionFile(path, `sub/${name}`, 1500)
  return { names: resources.map(({ plural }) => plural), warnings }
}

test.each([
  [
    'a plural in capitals',
    crd('Cranes', {}, { metadata: { name: 'Cranes.shop.example' } }),
    '(Cranes.shop.example) is left out: its plural is not a lower-case word',
  ],
  [
    'a plural with a dot',
    crd('big.cranes'),
    '(big.cranes.shop.example) is left out: its plural is not',
  ],
  [
    'another name than plural and group',
    crd('cranes', {}, { metadata: { name: 'crane.shop.example' } }),
    '(crane.shop.example) is left out: its name is not cranes.shop.example',
  ],
  ['no name', crd('cranes', {}, { metadata: {} }), 'its name is not cranes.shop.example'],
  [
    'a group of one word',
    crd('cranes', { group: 'shop' }, { metadata: { name: 'cranes.shop' } }),
    '(cranes.shop) is left out: its group is not a lower-case domain name',
  ],
  [
    'a group in capitals',
    crd('cranes', { group: 'Shop.example' }, { metadata: { name: 'cranes.Shop.example' } }),
    'its group is not a lower-case domain name',
  ],
  [
    'a kind with an underscore',
    crd('cranes', { names: { plural: 'cranes', kind: 'Big_Crane' } }),
    'its kind is not a word',
  ],
  [
    'no served version',
    crd('cranes', {
      versions: [
        { name: 'v1', served: false },
        { name: 'v2', served: false },
      ],
    }),
    '(cranes.shop.example) is left out: it serves none of its versions',
  ],
  ['no version', crd('cranes', { versions: [] }), 'is left out: it has no version'],
  [
    'a version in capitals',
    crd('cranes', { versions: [{ name: 'V1', served: true }] }),
    'a version has a name that Kubernetes does not allow',
  ],
  [
    'version v1beta1 of its own',
    crd('cranes', {}, { apiVersion: 'apiextensions.k8s.io/v1beta1' }),
    'the definition (cranes.shop.example) is of apiextensions.k8s.io/v1beta1, which Kubernetes 1.22',
  ],
  [
    'an unknown scope',
    crd('cranes', { scope: 'Global' }),
    'holds a definition (cranes.shop.example)',
  ],
  ['no spec', crd('cranes', {}, { spec: null }), 'holds a definition (cranes.shop.example) that'],
])(
  'a definition with %s is a warning with file and reason, and other definitions are kept',
  (_, bad, reason) => {
    const { names, warnings } = read('bad.json', { kind: 'List', items: [bad, crd('boats')] })
    expect(names).toEqual(['boats'])
    expect(warnings).toEqual([expect.stringContaining('sub/bad.json: ')])
    expect(warnings[0]).toContain(reason)
  },
)

test.each([
  ['bad.yaml', 'a: [\n---\nkind: Service\n', 'document 1 is not valid YAML'],
  ['bad.yaml', '- 1\n- 2\n', 'document 1 is no object'],
  ['bad.yaml', 'kind: A\n---\nkind: A\nkind: B\n', 'document 2 is not valid YAML'],
  ['bad.yaml', `a: &a [x]\nb: [${'*a,'.repeat(3000)}]\n`, 'document 1 cannot be read'],
  ['bad.json', '{"kind": "CustomRes', 'cannot be read as YAML or JSON'],
  ['bad.json', '[]', 'the file is no object'],
  ['bad.json', '{"kind":"List","items":[null]}', 'the file, item 1 is no object'],
  ['bad.json', '{"kind":"List","items":[{},"x"]}', 'the file, item 2 is no object'],
  ['bad.yml', Buffer.from('\ufeffkind: A', 'utf16le'), 'is not a text in UTF-8'],
  ['BAD.YAML', 'a: [', 'document 1 is not valid YAML'],
])('the file %s with %j is a warning', (name, content, reason) => {
  expect(read(name, content).warnings[0]).toBe(`sub/${name}: ${reason}`)
})

test.each([
  ['empty.yaml', ''],
  ['comment.yaml', '# nothing\n---\n---\n'],
  ['empty.json', ''],
  ['other.yaml', 'kind: Deployment\napiVersion: apps/v1\n'],
  ['other.json', { kind: 'List', items: [{ kind: 'Service' }] }],
  ['other.json', { kind: 'CustomResourceDefinition', apiVersion: 'shop.example/v1' }],
])('a file %s without a definition causes no warning: %j', (name, content) => {
  expect(read(name, content)).toEqual({ names: [], warnings: [] })
})

test('a warning names the item of a CRD list of an unsupported API version', () => {
  const { kind: _kind, apiVersion: _version, ...item } = crd('cranes')
  const apiVersion = 'apiextensions.k8s.io/v1beta1'
  const list = { kind: 'CustomResourceDefinitionList', apiVersion, items: [item] }
  const { warnings } = read('list.json', list)
  expect(warnings[0]).toContain('list.json: the definition (cranes.shop.example) is of')
})

test('a name with control characters is shown as plain text', () => {
  const metadata = { name: 'cranes\u001b[31m\n.shop.example' }
  const { warnings } = read('bad.json', crd('cranes', {}, { metadata }))
  expect(warnings[0]).toContain('(cranes .shop.example)')
})
