// Makes `npm run x`, `pnpm x` and `npx pnpm@… x` equivalent: the pinned pnpm runs the task, because only pnpm
// installs a fresh clone and puts the pinned Node first on PATH. The task ends with its callers, and its exit
// code is passed on.
import { execFileSync, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

// Node warns when both are set and gives priority to FORCE_COLOR; Capstan gives priority to NO_COLOR.
if (process.env.NO_COLOR) delete process.env.FORCE_COLOR

/** Interval at which callers are checked. */
const LOOK_MS = 500
/** Levels of processes between a terminal and this one: npx, sh, pnpm, sh. */
const MOST_CALLERS = 8

// `pnpm start -- --port 1` passes the separator on, npm does not.
const [task, ...rest] = process.argv.slice(2).filter((word, index) => index !== 1 || word !== '--')
// The package manager prints nothing while it installs a fresh clone, which takes a minute.
if (/^(start|demo):run$/.test(task))
  console.error('capstan: starting; the first start installs packages…')
const { packageManager, scripts } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
)
// `exec`, because under `run` a signal kills the shell in between, and the exit code of the task is lost.
const words = ['--silent', 'exec', ...scripts[task].split(' '), ...rest]
const underPnpm = (process.env.npm_config_user_agent ?? '').startsWith('pnpm/')
const [command, ...args] = underPnpm ? ['pnpm', ...words] : ['npx', '-y', packageManager, ...words]

// Before the task starts: a signal that arrives at once would end only this process. The listeners run later.
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, stopTask)
// Ctrl-C reaches the task directly, as part of the same process group; a second one would kill it.
process.on('SIGINT', () => clearInterval(looking))
const child = spawn(command, args, { stdio: 'inherit' })

// npx ends on a signal and forwards it only to a shell, which ends too. Only the missing process shows it.
const callers = findCallers(process.ppid)
const looking = setInterval(() => {
  if (!callers.every(isRunning)) stopTask('SIGTERM')
}, LOOK_MS)

child.once('error', (error) => {
  console.error(`${command} could not be started: ${error.message}`)
  process.exit(1)
})
child.once('exit', (code, signal) => {
  if (signal === null) process.exit(code)
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
})

/** The callers may end by the same signal, which must not count as a second one. */
function stopTask(signal) {
  clearInterval(looking)
  child.kill(signal)
}

/** The package managers that called this script, and the shells between them. */
function findCallers(parent) {
  const chain = []
  let managers = 0
  for (let pid = parent; pid > 1 && chain.length < MOST_CALLERS;) {
    const found = readProcess(pid)
    if (found === undefined) break
    chain.push(pid)
    if (/\bp?np[mx]\b/.test(found.command)) managers = chain.length
    pid = found.parent
  }
  return chain.slice(0, managers)
}

function readProcess(pid) {
  try {
    if (process.platform === 'linux') {
      // The name in parentheses may contain anything; the parent is the second field after it.
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      return { parent: Number(parent), command: line }
    }
    const text = execFileSync('ps', ['-o', 'ppid=,command=', '-p', String(pid)], {
      encoding: 'utf8',
    })
    return { parent: Number.parseInt(text, 10), command: text }
  } catch {
    return undefined
  }
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}
