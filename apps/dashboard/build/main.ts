// Builds the dashboard unless the same sources were built before, and prints the folder of its files as JSON:
//   node apps/dashboard/build/main.ts <cache folder>…
// The first folder that can be written is used. Progress goes to stderr. Ends with 1 and one line on stderr when the
// build fails.
import { fileURLToPath } from 'node:url'
import { buildDashboard } from './build-dashboard.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

try {
  const caches = process.argv.slice(2)
  const folder = await buildDashboard({ root: ROOT, caches, log: (line) => console.error(line) })
  console.log(JSON.stringify({ folder }))
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
