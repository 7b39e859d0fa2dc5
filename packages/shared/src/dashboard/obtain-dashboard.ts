import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { computeSourceKey } from './compute-source-key.ts'
import { findBuiltDashboard } from './find-built-dashboard.ts'

export interface DashboardRequest {
  /** Folders for built files, used when the repository cannot be written. The best first. */
  caches: string[]
  /** Called with each line about the progress of a build. */
  onProgress: (line: string) => void
  signal: AbortSignal
}

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))
/** Part of an installed package, which has no sources to build. */
const SHIPPED = join(ROOT, 'apps/dashboard/dist')
const BUILDER = join(ROOT, 'apps/dashboard/build/main.ts')
const Built = z.object({ folder: z.string() })

/**
 * Returns the folder with the files of the dashboard. Builds them in a process of its own when these sources have not been
 * built on this machine, which takes two seconds. Throws an Error with the reason when there is no dashboard.
 */
export async function obtainDashboard(request: DashboardRequest): Promise<string> {
  if (existsSync(join(SHIPPED, 'index.html'))) return SHIPPED
  if (!existsSync(BUILDER)) throw new Error('this installation contains no dashboard')
  const caches = [join(ROOT, '.cache'), ...request.caches]
  const built = findBuiltDashboard(caches, await computeSourceKey(ROOT))
  return built ?? runBuilder({ ...request, caches })
}

/** The builder prints the folder on stdout, progress and faults on stderr. */
function runBuilder({ caches, onProgress, signal }: DashboardRequest): Promise<string> {
  const child = spawn(process.execPath, [BUILDER, ...caches], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  })
  let printed = ''
  let lastLine = ''
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  createInterface(child.stderr).on('line', (line) => {
    lastLine = line
    onProgress(line)
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve(Built.parse(JSON.parse(printed)).folder)
      else reject(new Error(lastLine || `the builder ended with exit code ${code}`))
    })
  })
}
