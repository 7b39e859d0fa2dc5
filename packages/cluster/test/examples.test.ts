import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { apiVersion, resourceName } from '@capstan/shared/contract/resource-type'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { writeCrdFolder } from '@capstan/testkit/crd-folder'
import { findSchemaFaults } from '@capstan/testkit/find-schema-faults'
import { createSource, open, signal, writeTemporary } from './cluster.ts'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { indexTypeSchemas } from '../src/reduce/reduce-openapi.ts'

test('the example of each type of the demo cluster is valid against its published schema', async () => {
  const sim = await testClusterSim({ cluster: 'demo', anonymous: true })
  const source = createSource(sim)
  const { types } = await source.discover(signal())
  expect(types.length).toBeGreaterThan(60)
  const documents = new Map<string, unknown>()
  for (const type of types) {
    const example = await source.example(type, signal())
    const yaml = example.outcome === 'rendered' ? example.yaml : example.reason
    const object = parse(yaml, { version: '1.1' })
    expect(object, yaml).toMatchObject({ apiVersion: apiVersion(type), kind: type.kind })
    const path = type.group === '' ? 'api/v1' : `apis/${type.group}/${type.version}`
    const document =
      documents.get(path) ?? (await (await fetch(`${sim.url}/openapi/v3/${path}`)).json())
    documents.set(path, document)
    const schema = indexTypeSchemas(document)(type)
    expect(schema && findSchemaFaults(object, schema.root, schema.named), yaml).toEqual([])
    expect(yaml, resourceName(type)).not.toContain('Check the values')
  }
})

test('a folder of manifests gives the same examples as a cluster with these manifests', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'capstan-examples-'))
  const names = await writeCrdFolder(folder, 5)
  const ofCluster = createSource(await testClusterSim({ cluster: folder }))
  const ofFiles = open({ clusterFiles: folder }).default
  const { types } = await ofFiles.discover(signal())
  expect(types).toHaveLength(names.length)
  for (const type of types) {
    const example = await ofFiles.example(type, signal())
    expect(example).toMatchObject({ outcome: 'rendered' })
    expect(await ofCluster.example(type, signal())).toEqual(example)
  }
})

test('a type that is gone has no example, and the reason is given', async () => {
  const source = createSource(await testClusterSim({ cluster: 'demo' }))
  const { types } = await source.discover(signal())
  const [type] = types.filter(({ origin }) => origin === 'crd')
  if (!type) throw new Error('the demo cluster has CRDs')
  const gone = { ...type, group: 'gone.example', plural: 'gones' }
  expect(await source.example(gone, signal())).toEqual({
    outcome: 'unavailable',
    reason: 'the cluster publishes no schema of it',
  })
  const file = writeTemporary('empty.yaml', 'kind: Other\n')
  await writeCrdFolder(dirname(file), 1)
  expect(await open({ clusterFiles: dirname(file) }).default.example(gone, signal())).toEqual({
    outcome: 'unavailable',
    reason: 'no file defines it any more',
  })
})
