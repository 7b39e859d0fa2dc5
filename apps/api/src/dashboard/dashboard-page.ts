import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DashboardState } from './dashboard-files.ts'
import { escapeHtml } from '../http/escape-html.ts'

/** The page loads only its own files: no inline script or style, no other origin, no frame around it. */
export const DASHBOARD_CSP = [
  "default-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join(';')

const BASE = '<base href="/ui/" />'

/** Reads the page of the dashboard. `prefix` is the path prefix of the caller; it contains no characters special in HTML. */
export async function readDashboardPage(folder: string, prefix: string): Promise<string> {
  const page = await readFile(join(folder, 'index.html'), 'utf8')
  return page.replace(BASE, `<base href="${prefix}/ui/" />`)
}

/** Renders the page that is shown while there are no files. It asks again by itself while they are built. */
export function renderAbsentPage(
  state: Exclude<DashboardState, { status: 'ready' }>,
  prefix: string,
): string {
  const isBuilding = state.status === 'building'
  const title = isBuilding ? 'The dashboard is being built' : 'There is no dashboard'
  const text = isBuilding
    ? 'This happens once after each change of its sources and takes a few seconds. This page opens it by itself.'
    : `Reason: ${escapeHtml(state.because)}. Scans, the REST API and Bull Board work without it.`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${isBuilding ? '<meta http-equiv="refresh" content="1">\n' : ''}<title>${title} – Capstan</title>
</head>
<body>
<h1>${title}</h1>
<p>${text}</p>
<p><a href="${prefix}/docs">API documentation</a> · <a href="${prefix}/queues">Bull Board</a></p>
</body>
</html>
`
}
