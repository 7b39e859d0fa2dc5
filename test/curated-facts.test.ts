import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished, expect, test } from 'vitest'
import { readDefinedTypes } from '../scripts/curated/read-defined-types.ts'
import {
  refreshFacts,
  type DraftFamily,
  type DraftProject,
  type DraftRow,
} from '../scripts/curated/refresh-facts.ts'

const SOURCE = { repository: 'example.com/project', version: 'v1' }
const WIDGETS = 'widgets.example.com'

/** A folder with two CRDs in one YAML file, and one OpenAPI v3 document. */
async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'capstan-curated-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'crds.yaml'), [crd('Widget'), crd('Gadget')].join('---\n'))
  await writeFile(join(folder, 'openapi.json'), JSON.stringify(OPENAPI))
  return folder
}

function crd(kind: string): string {
  const plural = `${kind.toLowerCase()}s`
  return `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: ${plural}.example.com }
spec:
  group: example.com
  scope: Namespaced
  names: { plural: ${plural}, singular: ${kind.toLowerCase()}, kind: ${kind} }
  versions:
    - { name: v1beta1, served: true, storage: false, schema: { openAPIV3Schema: { type: object } } }
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                replicas: { type: integer }
                ports:
                  type: array
                  items: { type: object, properties: { name: { type: string } } }
                selectors:
                  type: object
                  additionalProperties: { type: object, properties: { key: { type: string } } }
`
}

const GVK = { group: '', version: 'v1', kind: 'Box' }
const OPENAPI = {
  openapi: '3.0.0',
  info: { title: 'x', version: 'v1' },
  paths: {
    '/api/v1/boxes': {
      get: { 'x-kubernetes-action': 'list', 'x-kubernetes-group-version-kind': GVK },
    },
  },
  components: {
    schemas: {
      Box: {
        type: 'object',
        'x-kubernetes-group-version-kind': [GVK],
        properties: { size: { allOf: [{ $ref: '#/components/schemas/Size' }] } },
      },
      Size: { type: 'object', properties: { width: { type: 'integer' } } },
    },
  },
}

function draft(type: string, fields: string[], facts?: DraftRow['facts']): DraftRow {
  const row = {
    type,
    capabilities: [type],
    providers: [],
    abstractions: [],
    complexity: 'low' as const,
    description: 'd',
    useCase: 'u',
    confidence: 0.9,
    searchPhrases: [],
    fields,
  }
  return facts ? { ...row, facts } : row
}

async function refresh(rows: DraftRow[], family?: DraftFamily) {
  const wanted = new Map(rows.map(({ type, fields }) => [type, fields]))
  const { types, warnings } = await readDefinedTypes([await makeFolder()], wanted)
  expect(warnings).toEqual([])
  const project: DraftProject = { source: SOURCE, rows }
  const drafts = new Map<string, DraftProject | DraftFamily>([['work/project', project]])
  if (family) drafts.set('families/cloud', family)
  return refreshFacts(drafts, types)
}

function factsOf(file: unknown, index: number): DraftRow['facts'] {
  return (file as DraftProject).rows[index]?.facts
}

test('facts are read from CRDs and OpenAPI documents, with the types of the named fields', async () => {
  const fields = ['spec.replicas', 'spec.ports.name', 'spec.selectors.key', 'spec.selectors.any']
  const { files, faults, newTypes, coverage } = await refresh([
    draft(WIDGETS, fields),
    draft('boxes', ['size.width']),
  ])
  expect(faults).toEqual([])
  const project = files.get('work/project')
  expect(factsOf(project, 0)).toEqual({
    group: 'example.com',
    kind: 'Widget',
    plural: 'widgets',
    scope: 'Namespaced',
    versions: ['v1', 'v1beta1'],
    outlineHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    fields: {
      'spec.replicas': 'integer',
      'spec.ports.name': 'string',
      'spec.selectors.key': 'string',
      'spec.selectors.any': 'object',
    },
  })
  expect(factsOf(project, 1)).toMatchObject({
    group: '',
    kind: 'Box',
    scope: 'Cluster',
    versions: ['v1'],
    fields: { 'size.width': 'integer' },
  })
  expect(newTypes).toEqual(['gadgets.example.com'])
  expect(coverage).toEqual([
    { source: 'work/project', types: 2, covered: 2 },
    { source: 'example.com', types: 1, covered: 0 },
  ])
})

test('a missing field, another scope and another outline are reported; a row without a definition keeps its facts', async () => {
  const { files } = await refresh([draft(WIDGETS, [])])
  const facts = factsOf(files.get('work/project'), 0)
  if (!facts) throw new Error('no facts')
  const old = { ...facts, scope: 'Cluster' as const, outlineHash: 'a'.repeat(64) }
  const result = await refresh([
    draft(WIDGETS, ['spec.color', 'spec.replicas.none'], old),
    draft('unknown.example.com', [], old),
  ])
  expect(result.faults).toEqual([
    `work/project: ${WIDGETS}: there is no field spec.color`,
    `work/project: ${WIDGETS}: there is no field spec.replicas.none`,
    `work/project: ${WIDGETS}: the scope is Namespaced, it was Cluster`,
  ])
  expect(result.changes).toEqual([`work/project: ${WIDGETS}: the outline changed`])
  expect(factsOf(result.files.get('work/project'), 1)).toBe(old)
})

test('a service takes over the kinds of its API group', async () => {
  const family = {
    source: SOURCE,
    providers: ['Cloud'],
    complexity: 'medium' as const,
    scope: 'Namespaced' as const,
    kindsNameService: false,
    services: [
      {
        group: 'example.com',
        service: 'Cloud',
        capabilities: ['c'],
        abstractions: [],
        description: 'd',
        useCase: 'u',
        searchPhrases: [],
        confidence: 0.9,
        facts: { versions: ['v1'], kinds: { widgets: 'Other', removed: 'Removed' } },
      },
    ],
  }
  const { files, faults, changes } = await refresh([], family)
  expect(faults).toEqual([`families/cloud: ${WIDGETS}: the kind is Widget, it was Other`])
  expect(changes).toEqual(['families/cloud: gadgets.example.com: a new type'])
  expect((files.get('families/cloud') as DraftFamily).services[0]?.facts).toEqual({
    versions: ['v1', 'v1beta1'],
    kinds: { gadgets: 'Gadget', removed: 'Removed', widgets: 'Widget' },
  })
})

/** Runs the script over the data of the package. */
function runScript(path: string) {
  const script = fileURLToPath(new URL('../scripts/curated-facts.ts', import.meta.url))
  return spawnSync(process.execPath, [script, path], { encoding: 'utf8' })
}

test('the script ends with 1 and names the row when a definition contradicts it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'capstan-curated-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const certificate = crd('Certificate').replaceAll('example.com', 'cert-manager.io')
  await writeFile(join(folder, 'certificate.yaml'), certificate)
  const { status, stdout } = runScript(folder)
  expect(stdout).toContain('security/cert-manager: certificates.cert-manager.io: there is no field')
  expect(stdout).toContain('| security/cert-manager | 1 | 1 |')
  expect(status).toBe(1)
})

test('the script ends with 0 when it finds new types only', async () => {
  const { status, stdout } = runScript(await makeFolder())
  expect(stdout).toContain('| example.com | 2 | 0 |')
  expect(status).toBe(0)
})
