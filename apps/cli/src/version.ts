import packageJson from '../package.json' with { type: 'json' }

/** Version of Capstan from package.json. */
export const CLI_VERSION: string = packageJson.version
