import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import type { BuiltIn } from '../built-in.ts'
import { buildBuiltInDocuments } from './built-in-documents.ts'
import { BuiltInGroup } from './built-in-group.ts'
import { describeBuiltInGroup } from './describe-built-in-group.ts'

const VERSION_FILE = 'version.yaml'
const Version = z.record(z.string(), z.unknown())

/**
 * Loads a folder of built-in types: one file per group, in the server's order of preference, and
 * `version.yaml`.
 */
export async function loadBuiltInFolder(folder: string): Promise<BuiltIn> {
  const files: BuiltInGroup[] = []
  for (const name of (await readdir(folder)).toSorted()) {
    if (name !== VERSION_FILE) files.push(BuiltInGroup.parse(await readYaml(join(folder, name))))
  }
  const [core, ...groups] = files
    .toSorted((a, b) => Number(a.group !== '') - Number(b.group !== ''))
    .map(describeBuiltInGroup)
  if (!core) throw new Error(`${folder} describes no types`)
  const version = Version.parse(await readYaml(join(folder, VERSION_FILE)))
  const documents = buildBuiltInDocuments(files)
  return { version, core, groups, aggregated: new Set(), documents }
}

async function readYaml(file: string): Promise<unknown> {
  return parse(await readFile(file, 'utf8'), { maxAliasCount: -1 })
}
