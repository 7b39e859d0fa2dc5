import { AppError } from '@capstan/shared/errors'
import type { App } from '../app-types.ts'

export interface DrainingOptions {
  isDraining: () => boolean
  /** Fires when the server begins to close. */
  closing: AbortSignal
}

/** A server that is about to stop takes no new work; reading goes on until the end. */
export function installDraining(app: App, { isDraining, closing }: DrainingOptions): void {
  app.addHook('onRequest', async (request) => {
    if (!isDraining() || request.method === 'GET' || request.method === 'HEAD') return
    throw new AppError('DRAINING', 'This server is shutting down', {
      hint: 'Send it again; another replica, or the next start, will take it.',
      retryable: true,
      retryAfterMs: 1_000,
    })
  })
  app.addHook('onSend', async (_request, reply, payload) => {
    // A connection kept alive now would hold up the end for as long as its client likes.
    if (isDraining() || closing.aborted) void reply.header('connection', 'close')
    return payload
  })
}
