import { readFileSync } from 'node:fs'
import { PROFILES } from './profiles.ts'
import type { SimConfigInput } from './sim-config.ts'

export interface SimConfigSources {
  profile?: string | undefined
  /** JSON, or the path of a JSON file. Its members override those of the profile. */
  config?: string | undefined
  seed?: number | undefined
  timeScale?: number | undefined
  logFile?: string | undefined
}

/** Merges profile, configuration and single settings; later ones override earlier ones. */
export function buildSimConfig(choice: SimConfigSources): SimConfigInput {
  const { profile, config = '{}', seed, timeScale, logFile } = choice
  const named = PROFILES.find(({ name }) => name === profile)
  if (profile !== undefined && !named) {
    const names = PROFILES.map(({ name }) => name).join(', ')
    throw new Error(`There is no profile "${profile}". There are: ${names}.`)
  }
  const text = config.trimStart().startsWith('{') ? config : readFileSync(config, 'utf8')
  return {
    ...named?.config,
    ...JSON.parse(text),
    ...(seed === undefined ? {} : { seed }),
    ...(timeScale === undefined ? {} : { timeScale }),
    ...(logFile === undefined ? {} : { logFile }),
  }
}
