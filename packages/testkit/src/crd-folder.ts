import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Writes `count` small, different CRD manifests into `directory`. */
export async function writeCrdFolder(directory: string, count: number): Promise<string[]> {
  await mkdir(directory, { recursive: true })
  const names: string[] = []
  for (let index = 0; index < count; index++) {
    const manifest = crd(index)
    names.push(manifest.metadata.name)
    await writeFile(join(directory, `${manifest.metadata.name}.json`), JSON.stringify(manifest))
  }
  return names
}

function crd(index: number) {
  const number = String(index).padStart(5, '0')
  const group = `group-${index % 20}.example.com`
  const kind = `Widget${number}`
  const plural = `widgets${number}`
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, singular: `widget${number}`, kind, listKind: `${kind}List` },
      versions: [
        { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema(index) } },
      ],
    },
  }
}

function schema(index: number) {
  return {
    type: 'object',
    description: `Widget number ${index} runs a small service.`,
    properties: {
      spec: {
        type: 'object',
        required: ['size'],
        properties: {
          size: { type: 'integer', description: 'How many copies run.' },
          [`option${index}`]: { type: 'string', description: `Switches feature ${index}.` },
        },
      },
      status: { type: 'object', properties: { ready: { type: 'boolean' } } },
    },
  }
}
