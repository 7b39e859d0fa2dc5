import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { localCommands } from './local-commands.ts'
import { programName } from './program-name.ts'

const CHECKOUT = '/src/capstan/apps/cli/src/main.ts'
const INSTALLED = '/usr/lib/node_modules/capstan/apps/cli/src/main.js'

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'capstan-name-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

test('in a checkout the package manager runs the program', async () => {
  const root = await temporaryFolder()
  const main = join(root, 'apps/cli/src/main.ts')
  expect(programName({ main, directory: root, environment: {} })).toBe(
    'npx -y pnpm@12.21.0 capstan',
  )
  const link = join(await temporaryFolder(), 'link')
  await symlink(root, link)
  expect(programName({ main, directory: link, environment: {} })).toBe(
    'npx -y pnpm@12.21.0 capstan',
  )
})

test('beside a checkout the command names it, also when a script was started from elsewhere', () => {
  const expected = 'npx -y pnpm@12.21.0 -C /src/capstan capstan'
  expect(programName({ main: CHECKOUT, directory: '/home/me', environment: {} })).toBe(expected)
  const environment = { npm_lifecycle_event: 'capstan:run', INIT_CWD: '/home/me' }
  expect(programName({ main: CHECKOUT, directory: '/src/capstan', environment })).toBe(expected)
})

test('an installed program is called by its name when it is on the PATH, else through npx', async () => {
  const folder = await temporaryFolder()
  const place = { main: INSTALLED, directory: '/', environment: { PATH: `/nowhere:${folder}` } }
  expect(programName(place)).toBe('npx capstan')
  await writeFile(join(folder, 'capstan'), '')
  expect(programName(place)).toBe('npx capstan')
  await chmod(join(folder, 'capstan'), 0o755)
  expect(programName(place)).toBe('capstan')
  const environment = { ...place.environment, npm_lifecycle_event: 'npx' }
  expect(programName({ ...place, environment })).toBe('npx capstan')
})

test('commands in backticks are written as they work here, other words stay', () => {
  expect(
    localCommands('`capstan` or `capstan up`, capstan and `capstan-demo`', 'npx capstan'),
  ).toBe('`npx capstan` or `npx capstan up`, capstan and `capstan-demo`')
})
