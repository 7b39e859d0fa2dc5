import { join } from 'node:path'

/** Builds the sources of the repository at `root` into an existing folder. Throws an Error with the faults of the sources. */
export async function runVite(root: string, folder: string): Promise<void> {
  // Loaded only when something is built: it takes half a second.
  const { build } = await import('vite')
  const app = join(root, 'apps/dashboard')
  await build({
    root: app,
    configFile: join(app, 'vite.config.ts'),
    // The checkout may be read-only.
    configLoader: 'native',
    cacheDir: join(folder, '.vite'),
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: false },
  })
}
