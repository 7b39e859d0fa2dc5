export interface ServerConfigOptions {
  /** Address and port on which the server listens. */
  bind: string
  port: number
  /** Port on 127.0.0.1 for clients. Differs from `port` in a container. */
  clientPort: number
  password: string
  directory: string
}

/** Builds redis.conf. Every acknowledged write survives a crash of the server process. */
export function buildServerConfig(config: ServerConfigOptions): string {
  return [
    `# reached at port ${config.clientPort}`,
    `bind ${config.bind}`,
    `port ${config.port}`,
    `requirepass ${config.password}`,
    `dir ${JSON.stringify(config.directory)}`,
    'daemonize no',
    'save ""',
    'appendonly yes',
    'appendfsync everysec',
    'maxmemory-policy noeviction',
    'loglevel warning',
    '',
  ].join('\n')
}
