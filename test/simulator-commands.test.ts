import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { COMPILE_CACHE } from '@capstan/testkit/compile-cache'

interface Ended {
  code: number
  stdout: string
  stderr: string
}

async function runSimulator(app: string, args: string[]): Promise<Ended> {
  const main = fileURLToPath(new URL(`../sims/${app}/src/main.ts`, import.meta.url))
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], { env: COMPILE_CACHE }, (error, stdout, stderr) =>
      resolve({
        code: typeof error?.code === 'number' ? error.code : error ? -1 : 0,
        stdout,
        stderr,
      }),
    )
  })
}

const APPS = ['cluster-sim', 'provider-sim']

test.each(APPS)('%s --help prints its flags to stdout and exits with 0', async (app) => {
  const { code, stdout, stderr } = await runSimulator(app, ['--help'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain('--port')
  expect(stdout).toContain('Examples:')
})

test.each(APPS.flatMap((app) => [['--nothing'], ['--port']].map((args) => ({ app, args }))))(
  '$app exits with 2 for the usage error $args, with a one-line reason and no stack trace',
  async ({ app, args }) => {
    const { code, stdout, stderr } = await runSimulator(app, args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(args[0])
    expect(stderr).toContain('--help')
    expect(stderr).not.toContain('    at ')
  },
)

test.each(APPS)('%s exits with 78 for an invalid setting', async (app) => {
  const { code, stderr } = await runSimulator(app, ['--port', 'many'])
  expect(code).toBe(78)
  expect(stderr).toContain('PORT')
})
