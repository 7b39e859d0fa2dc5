#!/usr/bin/env node
// NO_COLOR wins in this program (output/wants-color.ts). Node would let FORCE_COLOR win and warn while it loads modules,
// so this comes before all of them.
if (process.env['NO_COLOR']) delete process.env['FORCE_COLOR']
// Means something to Node alone, which warns of it in the same way.
delete process.env['NODE_DISABLE_COLORS']
const { runProcess } = await import('./program/run-process.ts')
await runProcess(process.env, import.meta.url)
