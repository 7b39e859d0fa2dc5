import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { runCapstan } from './run-capstan.ts'

const run = promisify(execFile)

/** The words that bash completes after these words; the last word is incomplete. */
async function offered(...words: string[]): Promise<string[]> {
  const { out, code } = await runCapstan(['completion', 'bash'])
  expect(code).toBe(0)
  const ask = `${out}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _capstan; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout } = await run('bash', ['-c', ask, 'bash', 'capstan', ...words])
  return stdout.split('\n').filter(Boolean)
}

test('bash completes commands, subcommands and options', async () => {
  expect(await offered('sca')).toEqual(['scan'])
  expect(await offered('')).toEqual(expect.arrayContaining(['up', 'get', 'queue', '--server']))
  expect(await offered('get', '')).toEqual(expect.arrayContaining(['scans', 'capabilities']))
  expect(await offered('queue', 're')).toEqual(['resume'])
  expect(await offered('scan', 'pods', '--dry')).toEqual(['--dry-run'])
  expect(await offered('-o', 'json', 'describe', 's')).toEqual(['scan'])
  expect(await offered('queue', 'pause', '--')).not.toContain('--dry-run')
})

test.each(['zsh', 'fish'])(
  '%s gets its own completion script with every command',
  async (shell) => {
    const { out, code } = await runCapstan(['completion', shell])
    expect(code).toBe(0)
    for (const words of ['scan', 'get capabilities', 'queue resume', '--fail-on']) {
      expect(out).toContain(words)
    }
    expect(out).toContain(shell === 'zsh' ? 'bashcompinit' : 'complete -c capstan')
  },
)

test('an unknown shell is a usage error', async () => {
  expect(await runCapstan(['completion', 'dosbox'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('bash') as string,
  })
})
