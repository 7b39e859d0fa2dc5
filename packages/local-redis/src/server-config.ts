export interface ServerConfigOptions {
  /** Address and port the server itself listens on. */
  bind: string
  port: number
  /** Port on 127.0.0.1 where we reach it; differs from `port` in a container. */
  reachedAtPort: number
  password: string
  directory: string
}

/** The redis.conf of a server of our own. Every acknowledged write survives a crash of the server process. */
export function buildServerConfig(config: ServerConfigOptions): string {
  return [
    `# reached at port ${config.reachedAtPort}`,
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
