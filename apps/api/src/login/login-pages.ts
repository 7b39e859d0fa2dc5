import type { FastifyReply, FastifyRequest } from 'fastify'
import { chooseNextPath } from '@capstan/shared/contract/login/next-path'
import type { LoginMethod } from '@capstan/shared/contract/login/session'
import type { Problem } from '@capstan/shared/contract/problem'
import { escapeHtml } from '../http/escape-html.ts'

/** The pages load nothing and run nothing. */
const CONTENT_POLICY =
  "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
const FORM_POLICY = CONTENT_POLICY.replace("form-action 'none'", "form-action 'self'")

export interface LoginForm {
  methods: readonly LoginMethod[]
  /** Path prefix at which the caller reaches the server. */
  prefix: string
  /** Path of the page to open afterwards. */
  next: string
  /** Why the last login failed. */
  problem?: Problem
}

/**
 * Sends a page that opens `next`. A redirect would not do: the login began at another site, so browsers would not send a
 * cookie with SameSite=Strict along with it.
 */
export function sendLoginPage(reply: FastifyReply, next: string): FastifyReply {
  const link = escapeHtml(next)
  return sendPage(reply, {
    title: 'Logged in',
    head: `<meta http-equiv="refresh" content="0; url=${link}">`,
    body: `<p>Logged in. <a href="${link}">Continue</a></p>`,
  })
}

/** Sends the page of a failed login, with a link to log in again. */
export function sendLoginFailurePage(
  reply: FastifyReply,
  { title, detail, hint, status }: Problem,
  prefix: string,
): FastifyReply {
  const lines = [detail, hint].filter((line) => line !== undefined).map(escapeHtml)
  return sendPage(reply.code(status), {
    title,
    head: '',
    body: `<h1>${escapeHtml(title)}</h1>
${lines.map((line) => `<p>${line}</p>`).join('\n')}
<p><a href="${escapeHtml(prefix)}/ui/login">Log in</a></p>`,
  })
}

/** Returns the page to open after a login: `next` if it is a page of this server. */
export function findNextPath(request: FastifyRequest, next: string | null | undefined): string {
  const prefix = request.server.findPrefix(request.raw)
  return chooseNextPath(next ?? undefined, prefix, `${prefix}/`)
}

/** Sends a login that needs no script and no file of the dashboard. */
export function sendLoginForm(reply: FastifyReply, form: LoginForm): FastifyReply {
  const { methods, prefix, next, problem } = form
  const start = escapeHtml(prefix)
  const lines = [problem?.detail, problem?.hint].filter((line) => line !== undefined)
  const fault = lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('\n')
  const issuer = `${start}/api/v1/session/oidc?next=${encodeURIComponent(next)}`
  return sendPage(reply.header('cache-control', 'no-store'), {
    title: 'Log in to Capstan',
    head: '<meta name="color-scheme" content="light dark">',
    body: `<main>
<h1>Log in to Capstan</h1>
${fault === '' ? '' : `<div role="alert">\n${fault}\n</div>`}
${methods.includes('oidc') ? `<p><a href="${issuer}">Log in with your account</a></p>` : ''}
${methods.includes('token') ? renderTokenForm(`${start}/ui/login`, next) : ''}
</main>`,
    policy: FORM_POLICY,
    // With `no-referrer` browsers send the form with `Origin: null`, like a page of another site.
    referrer: 'same-origin',
  })
}

function renderTokenForm(action: string, next: string): string {
  return `<form method="post" action="${action}">
<input type="hidden" name="next" value="${escapeHtml(next)}">
<p><label>Token <input type="password" name="token" autocomplete="current-password" maxlength="1000" required autofocus></label>
<button>Log in</button></p>
<p>One of the tokens in CAPSTAN_TOKEN of the API.</p>
</form>`
}

interface LoginPage extends Record<'title' | 'head' | 'body', string> {
  policy?: string
  referrer?: string
}

function sendPage(
  reply: FastifyReply,
  { title, head, body, policy = CONTENT_POLICY, referrer = 'no-referrer' }: LoginPage,
): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', policy)
    .header('referrer-policy', referrer).send(`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}${title.endsWith('Capstan') ? '' : ' - Capstan'}</title>${head}</head>
<body>
${body}
</body>
</html>
`)
}
