import fastifyStatic from '@fastify/static'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { App } from '../app-types.ts'
import type { DashboardFiles, DashboardState } from '../dashboard/dashboard-files.ts'
import { DASHBOARD_CSP, readDashboardPage, renderAbsentPage } from '../dashboard/dashboard-page.ts'
import { findNextPath, sendLoginForm } from '../login/login-pages.ts'
import type { Login } from '../login/open-login.ts'

type PageLogin = Pick<Login, 'methods' | 'cookies' | 'sessions'>

/** Their names contain a hash of their content. */
const ASSET_AGE_SECONDS = 31_536_000

/**
 * Serves the dashboard below /ui/ and opens it at / for browsers. Its files contain no data, so they need no token: the
 * page itself shows the login.
 */
export async function installDashboard(
  app: App,
  files: Pick<DashboardFiles, 'state'>,
  login: PageLogin,
): Promise<void> {
  await app.register(fastifyStatic, { serve: false })
  const hidden = { schema: { hide: true } } as const
  app.get('/', hidden, (request, reply) =>
    reply.redirect(isBrowser(request) ? '/ui/' : '/docs').header('vary', 'accept'),
  )
  app.get('/ui', hidden, (_, reply) => reply.redirect('/ui/'))
  app.get('/ui/assets/*', hidden, (request, reply) => {
    const state = files.state()
    if (state.status !== 'ready') return reply.callNotFound()
    const { pathname } = new URL(request.url, 'http://localhost')
    return reply.sendFile(pathname.slice('/ui/'.length), state.folder, {
      maxAge: ASSET_AGE_SECONDS * 1000,
      immutable: true,
      dotfiles: 'ignore',
      index: false,
    })
  })
  app.get('/ui/*', hidden, async (request, reply) => {
    const state = files.state()
    if (state.status === 'absent' && (await lacksSession(login, request)))
      return sendPlainLogin(login, request, reply)
    return sendPage(app, state, request, reply)
  })
}

/** Sends the same page for every path: the page reads the path. */
async function sendPage(
  app: App,
  state: DashboardState,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const prefix = app.findPrefix(request.raw)
  void reply.headers({
    'content-security-policy': DASHBOARD_CSP,
    'cache-control': 'no-cache',
    'referrer-policy': 'no-referrer',
  })
  void reply.type('text/html; charset=utf-8')
  if (state.status === 'ready') return reply.send(await readDashboardPage(state.folder, prefix))
  return reply.code(503).header('retry-after', '1').send(renderAbsentPage(state, prefix))
}

async function lacksSession(
  { methods, cookies, sessions }: PageLogin,
  request: FastifyRequest,
): Promise<boolean> {
  if (methods.length === 0) return false
  const id = cookies.readSession(request)
  return id === undefined || (await sessions.find(id)) === undefined
}

/** The dashboard would show the login in place of the page. Without its files, this page does. */
function sendPlainLogin(
  { methods }: PageLogin,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const prefix = request.server.findPrefix(request.raw)
  const { pathname, searchParams } = new URL(request.url, 'http://server.invalid')
  const asked = pathname === '/ui/login' ? searchParams.get('next') : `${prefix}${request.url}`
  return sendLoginForm(reply, { methods, prefix, next: findNextPath(request, asked) })
}

function isBrowser({ headers }: FastifyRequest): boolean {
  return (headers.accept ?? '').includes('text/html')
}
