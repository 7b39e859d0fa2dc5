#!/usr/bin/env node
// NO_COLOR has priority in this program (output/wants-color.ts). Node gives priority to FORCE_COLOR and warns
// while it loads modules, so this runs before the imports.
if (process.env['NO_COLOR']) delete process.env['FORCE_COLOR']
// Only Node reads this variable; it causes the same warning.
delete process.env['NODE_DISABLE_COLORS']
const { runProcess } = await import('./program/run-process.ts')
await runProcess(process.env, import.meta.url)
