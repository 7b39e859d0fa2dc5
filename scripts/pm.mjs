// Lets `npm run x`, `pnpm x` and `npx pnpm@… x` do the same: whoever calls, the pinned pnpm runs the task,
// because only pnpm installs a fresh clone by itself and puts the pinned Node first on PATH.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

// Node warns when both are set, and lets FORCE_COLOR win; in Capstan NO_COLOR wins.
if (process.env.NO_COLOR) delete process.env.FORCE_COLOR

// Ctrl-C is for the task, which ends in its own time; its exit code is ours.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {})

const [task, ...rest] = process.argv.slice(2)
// The package manager is silent while it installs a fresh clone, which takes a minute.
if (/^(start|demo):run$/.test(task))
  console.error('capstan: starting; the first start installs packages…')
const { packageManager } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
)
const underPnpm = (process.env.npm_config_user_agent ?? '').startsWith('pnpm/')
const [command, ...args] = underPnpm
  ? ['pnpm', '--silent', 'run', task, ...rest]
  : ['npx', '-y', packageManager, '--silent', 'run', task, ...rest]
const { status, signal, error } = spawnSync(command, args, { stdio: 'inherit' })
if (error) {
  console.error(`${command} could not be started: ${error.message}`)
  process.exit(1)
}
if (signal) process.kill(process.pid, signal)
process.exit(status ?? 1)
