import { AppError } from '@capstan/shared/errors'
import type { App } from '../app-types.ts'

export interface DrainingOptions {
  isDraining: () => boolean
  /** Fires when the server begins to close. */
  closing: AbortSignal
}

/** Rejects new work while the server drains. Reads are served until the end. */
export function installDraining(app: App, { isDraining, closing }: DrainingOptions): void {
  app.addHook('onRequest', async (request) => {
    if (!isDraining() || request.method === 'GET' || request.method === 'HEAD') return
    throw new AppError('DRAINING', 'This server is shutting down', {
      hint: 'Send it again: another replica, or the restarted server, accepts it.',
      retryable: true,
      retryAfterMs: 1_000,
    })
  })
  app.addHook('onSend', async (_request, reply, payload) => {
    // A kept-alive connection would delay the shutdown until its client closes it.
    if (isDraining() || closing.aborted) void reply.header('connection', 'close')
    return payload
  })
}
