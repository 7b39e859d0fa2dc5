import type { SessionEndReason } from '@capstan/shared/contract/login/session'
import type { App } from '../app-types.ts'
import type { Principal } from '../access/principal.ts'
import type { LoginSessions } from '../login/login-sessions.ts'

/** Calls the listener when the session of the caller ends. Returns a function that stops this. */
export type WatchSession = (
  principal: Principal | null,
  listener: (reason: SessionEndReason) => void,
) => () => void

declare module 'fastify' {
  interface FastifyInstance {
    watchSession: WatchSession
  }
}

/** Lets long responses end with the session of their caller. Callers with a token have no session. */
export function installSessionWatch(app: App, sessions: LoginSessions): void {
  app.decorate('watchSession', ((principal, listener) =>
    principal?.session
      ? sessions.watch(principal.session.hash, listener)
      : () => undefined) satisfies WatchSession)
  app.addHook('onClose', async () => sessions.close())
}
