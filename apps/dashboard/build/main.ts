// Builds the dashboard.
//   node apps/dashboard/build/main.ts <cache folder>…
//     Builds unless the same sources were built before, and prints the folder of the files as JSON. The first folder that
//     can be written is used.
//   node apps/dashboard/build/main.ts --into <folder>
//     Always builds into this folder, for images and packages.
// Progress goes to stderr. Ends with 1 and one line on stderr when the build fails.
import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { buildDashboard } from './build-dashboard.ts'
import { runVite } from './run-vite.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { into: { type: 'string' } },
  })
  const folder =
    values.into === undefined
      ? await buildDashboard({
          root: ROOT,
          caches: positionals,
          log: (line) => console.error(line),
        })
      : await buildFolder(resolve(values.into))
  console.log(JSON.stringify({ folder }))
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}

async function buildFolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  await runVite(ROOT, folder)
  return folder
}
