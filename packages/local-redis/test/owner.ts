import { ensureRedis } from '@capstan/local-redis/ensure-redis'

// A process that owns a Redis, for tests that kill it. The parent sends its options in a message.
process.on('message', (options: { dataDir: string; cacheDir: string; path: string }) => {
  const onProgress = (line: string): void => void process.send?.({ type: 'progress', line })
  ensureRedis({ ...options, onProgress, signal: AbortSignal.timeout(240_000) }).then(
    ({ url, kind, description }) => process.send?.({ type: 'ready', url, kind, description }),
    (error: Error) => process.send?.({ type: 'failed', message: error.message }),
  )
})
