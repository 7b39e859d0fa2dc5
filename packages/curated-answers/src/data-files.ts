import { readdirSync, readFileSync } from 'node:fs'

const FOLDER = new URL('./data/', import.meta.url)

/** Path of a file of the data by name, such as `security/cert-manager` or `index`. */
export function locateDataFile(name: string): URL {
  return new URL(`${name}.json`, FOLDER)
}

export function readDataFile(name: string): unknown {
  return JSON.parse(readFileSync(locateDataFile(name), 'utf8'))
}

/** Reads all files except the index, by name and sorted. A lookup reads single files. */
export function readDataFiles(): Map<string, unknown> {
  const names = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.json') && path !== 'index.json')
    .map((path) => path.slice(0, -'.json'.length))
  return new Map(names.toSorted().map((name) => [name, readDataFile(name)]))
}
