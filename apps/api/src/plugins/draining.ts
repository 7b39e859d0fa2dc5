import { AppError } from '@capstan/shared/errors'
import type { App } from '../app-types.ts'

/** A server that is about to stop takes no new work; reading goes on until the end. */
export function installDraining(app: App, isDraining: () => boolean): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!isDraining()) return
    void reply.header('connection', 'close')
    if (request.method === 'GET' || request.method === 'HEAD') return
    throw new AppError('DRAINING', 'This server is shutting down', {
      hint: 'Send it again; another replica, or the next start, will take it.',
      retryable: true,
      retryAfterMs: 1_000,
    })
  })
}
