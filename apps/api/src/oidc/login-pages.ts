import type { FastifyReply } from 'fastify'
import type { Problem } from '@capstan/shared/contract/problem'
import { escapeHtml } from '../http/escape-html.ts'

/** The pages load nothing and run nothing. */
const CONTENT_POLICY =
  "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

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

function sendPage(
  reply: FastifyReply,
  { title, head, body }: Record<'title' | 'head' | 'body', string>,
): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', CONTENT_POLICY)
    .header('referrer-policy', 'no-referrer').send(`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)} - Capstan</title>${head}</head>
<body>
${body}
</body>
</html>
`)
}
