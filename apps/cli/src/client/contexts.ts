import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { parse, parseDocument } from 'yaml'
import { z } from 'zod'
import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-code.ts'
import { makeConfigFolder } from './make-config-folder.ts'

type Environment = Record<string, string | undefined>

/** A server and the path of its token file. The token itself is not stored in the configuration. */
const ServerContext = z.strictObject({
  server: z.string().min(1),
  tokenFile: z.string().min(1).optional(),
})
export type ServerContext = z.infer<typeof ServerContext>

const Contexts = z.strictObject({
  current: z.string().optional(),
  contexts: z.record(z.string(), ServerContext).default({}),
})
type Contexts = z.infer<typeof Contexts>

const NOTHING: Contexts = { contexts: {} }

/** Reads the contexts; empty without a file. Throws CliError for an invalid file. */
export function readContexts(environment: Environment): Contexts {
  const path = findContextsPath(environment)
  const text = path === undefined ? undefined : readText(path)
  if (text === undefined) return NOTHING
  const read = Contexts.safeParse(parseYaml(text) ?? {})
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw createInvalidConfigError(
    `${path}`,
    `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not understood'}`,
  )
}

/**
 * Stores `context` as `name` (if given) and makes `current` the current context. Comments in the file are
 * preserved. The file is replaced atomically and readable only by its owner. Returns its path.
 */
export function writeContext(
  environment: Environment,
  { name, context, current }: { name: string; context?: ServerContext; current: string },
): string {
  const path = requireConfigPath(environment)
  readContexts(environment) // throws for an invalid file, so that it is not overwritten
  const document = parseDocument(readText(path) ?? '')
  document.set('current', current)
  if (context) document.setIn(['contexts', name], document.createNode(context))
  makeConfigFolder(dirname(path))
  const beside = `${path}.${process.pid}`
  try {
    writeFileSync(beside, document.toString(), { mode: 0o600 })
    renameSync(beside, path)
  } catch (error) {
    throw createInvalidConfigError(
      path,
      error instanceof Error ? error.message : 'It cannot be written.',
    )
  }
  return path
}

/** Returns the path of the configuration file. Throws CliError when neither XDG_CONFIG_HOME nor HOME is set. */
export function requireConfigPath(environment: Environment): string {
  const path = findContextsPath(environment)
  if (path !== undefined) return path
  throw new CliError('There is no folder for the configuration', {
    exitCode: EXIT.usage,
    why: 'Neither XDG_CONFIG_HOME nor HOME is set.',
    fix: 'Set XDG_CONFIG_HOME, or use CAPSTAN_SERVER and CAPSTAN_TOKEN_FILE.',
  })
}

/** Returns the current context, if one is set. Throws CliError when it no longer exists. */
export function readCurrentContext(environment: Environment): ServerContext | undefined {
  const { current } = readContexts(environment)
  return current === undefined ? undefined : requireContext(environment, current)
}

/** Throws CliError (usage) for an unknown name. */
export function requireContext(environment: Environment, name: string): ServerContext {
  const { contexts } = readContexts(environment)
  const context = Object.hasOwn(contexts, name) ? contexts[name] : undefined
  if (context) return context
  throw createUnknownContextError(name, contexts)
}

function createUnknownContextError(name: string, contexts: Contexts['contexts']): CliError {
  const names = Object.keys(contexts).join(', ')
  return new CliError(`There is no context ${name}`, {
    exitCode: EXIT.usage,
    why: names === '' ? 'No context has been set.' : `There are: ${names}.`,
    fix: 'Add it: `capstan config set-context NAME --server URL --token-file FILE`',
  })
}

function findContextsPath(environment: Environment): string | undefined {
  const { XDG_CONFIG_HOME: config = '', HOME: home = '' } = environment
  // The XDG specification ignores relative paths.
  if (isAbsolute(config)) return join(config, 'capstan', 'config.yaml')
  return isAbsolute(home) ? join(home, '.config', 'capstan', 'config.yaml') : undefined
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw createInvalidConfigError(
      path,
      error instanceof Error ? error.message : 'It cannot be read.',
    )
  }
}

function parseYaml(text: string): unknown {
  try {
    return parse(text)
  } catch {
    return 'no YAML'
  }
}

function createInvalidConfigError(path: string, why: string): CliError {
  return new CliError(`The configuration ${path} is invalid`, {
    exitCode: EXIT.usage,
    why,
    fix: 'Correct or delete the file; `capstan config init` writes a new one.',
  })
}
