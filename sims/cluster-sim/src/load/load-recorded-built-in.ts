import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { BuiltIn } from '../built-in.ts'
import { DiscoveredGroup } from '../discovery/discovered-group.ts'

const Discovery = z.object({ items: z.array(DiscoveredGroup) })
const Index = z.object({ paths: z.record(z.string(), z.unknown()) })
const Version = z.record(z.string(), z.unknown())

/**
 * Loads the built-in APIs from a folder of recorded responses, in which `P.json` is the response to GET P, and `P.aggregated.json`
 * the response in the format of aggregated discovery.
 */
export async function loadRecordedBuiltIn(folder: string): Promise<BuiltIn> {
  const read = (path: string) => readFile(join(folder, `${path}.json`))
  const parse = async <S extends z.ZodType>(schema: S, path: string): Promise<z.infer<S>> =>
    schema.parse(JSON.parse(String(await read(path))))
  const [core] = (await parse(Discovery, 'api.aggregated')).items
  if (!core) throw new Error(`${folder}/api.aggregated.json has no group`)
  const documents = new Map<string, Buffer>()
  for (const path of Object.keys((await parse(Index, 'openapi/v3')).paths)) {
    // The files are indented; a server sends compact JSON.
    const document: unknown = JSON.parse(String(await read(`openapi/v3/${path}`)))
    documents.set(path, Buffer.from(JSON.stringify(document)))
  }
  return {
    version: await parse(Version, 'version'),
    core,
    groups: (await parse(Discovery, 'apis.aggregated')).items,
    // The recorded clusters have no add-ons, so no aggregated API servers.
    aggregated: new Set(),
    documents,
  }
}
