import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { rewriteCommands } from './rewrite-commands.ts'
import { findProgramName } from './find-program-name.ts'

const CHECKOUT = '/src/capstan/apps/cli/src/main.ts'
const INSTALLED = '/usr/lib/node_modules/capstan/apps/cli/src/main.js'

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'capstan-name-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

test('in a checkout the program is called through the package manager', async () => {
  const root = await temporaryFolder()
  const main = join(root, 'apps/cli/src/main.ts')
  expect(findProgramName({ main, directory: root, environment: {} })).toBe(
    'npx -y pnpm@12.21.0 capstan',
  )
  const link = join(await temporaryFolder(), 'link')
  await symlink(root, link)
  expect(findProgramName({ main, directory: link, environment: {} })).toBe(
    'npx -y pnpm@12.21.0 capstan',
  )
})

test('outside the checkout the command contains its path, also when a package script starts it', () => {
  const expected = 'npx -y pnpm@12.21.0 -C /src/capstan capstan'
  expect(findProgramName({ main: CHECKOUT, directory: '/home/me', environment: {} })).toBe(expected)
  const environment = { npm_lifecycle_event: 'capstan:run', INIT_CWD: '/home/me' }
  expect(findProgramName({ main: CHECKOUT, directory: '/src/capstan', environment })).toBe(expected)
})

test('an installed program is called by its name when it is on the PATH, otherwise through npx', async () => {
  const folder = await temporaryFolder()
  const place = { main: INSTALLED, directory: '/', environment: { PATH: `/nowhere:${folder}` } }
  expect(findProgramName(place)).toBe('npx capstan')
  await writeFile(join(folder, 'capstan'), '')
  expect(findProgramName(place)).toBe('npx capstan')
  await chmod(join(folder, 'capstan'), 0o755)
  expect(findProgramName(place)).toBe('capstan')
  const environment = { ...place.environment, npm_lifecycle_event: 'npx' }
  expect(findProgramName({ ...place, environment })).toBe('npx capstan')
})

test('commands in backticks are rewritten for this user, and other words are unchanged', () => {
  expect(
    rewriteCommands('`capstan` or `capstan up`, capstan and `capstan-demo`', 'npx capstan'),
  ).toBe('`npx capstan` or `npx capstan up`, capstan and `capstan-demo`')
})
