import { PROBLEM_CODES, ItemReason } from '@capstan/shared/contract/problem'
import {
  PROBLEM_CATALOGUE,
  problemPath,
  problemSlug,
} from '@capstan/shared/contract/problem-catalogue'
import type { ProblemView } from '@capstan/shared/contract/server/problem-view'
import { escapeHtml } from '../http/escape-html.ts'
import { REASON_CATALOGUE } from '@capstan/shared/contract/server/reason-catalogue'

export interface ReasonView {
  reason: ItemReason
  meaning: string
  fix: string
}

/** `type` is a path from the root of the server. */
export const PROBLEM_VIEWS: readonly ProblemView[] = PROBLEM_CODES.map((code) => ({
  code,
  type: problemPath(code),
  ...PROBLEM_CATALOGUE[code],
}))

export const REASON_VIEWS: readonly ReasonView[] = ItemReason.options.map((reason) => ({
  reason,
  ...REASON_CATALOGUE[reason],
}))

/** Finds a problem by the slug of its link, case-insensitive, with `_` or `-`. */
export function findProblem(slug: string): ProblemView | undefined {
  return PROBLEM_VIEWS.find(({ code }) => problemSlug(code) === problemSlug(slug))
}

/** Renders one problem as plain text. */
export function renderProblemText({ code, title, status, meaning, fix }: ProblemView): string {
  return `${title} (${code}, HTTP ${status})\n\n${meaning}\n\nWhat to do: ${fix}\n`
}

/** Renders one problem as HTML. `prefix` is the path prefix of the caller. */
export function renderProblemHtml(view: ProblemView, prefix: string): string {
  const { code, title, status, meaning, fix } = view
  return renderPage(
    title,
    `<h1>${escapeHtml(title)}</h1>
<p><code>${code}</code>, HTTP ${status}</p>
<p>${renderProse(meaning)}</p>
<p><strong>What to do:</strong> ${renderProse(fix)}</p>
<p><a href="${prefix}/problems">All problems</a></p>`,
  )
}

/** Renders all problems as plain text, one per line. */
export function renderProblemsText(): string {
  const problems = PROBLEM_VIEWS.map(
    ({ code, status, type, meaning }) => `${status} ${code} (${type}): ${meaning}`,
  )
  const reasons = REASON_VIEWS.map(({ reason, meaning }) => `${reason}: ${meaning}`)
  return `Problems\n\n${problems.join('\n')}\n\nReasons of failed types\n\n${reasons.join('\n')}\n`
}

/** Renders all problems as HTML. */
export function renderProblemsHtml(prefix: string): string {
  const rows = PROBLEM_VIEWS.map(
    ({ code, status, type, meaning }) =>
      `<tr><td>${status}</td><td><a href="${prefix}${type}">${code}</a></td><td>${renderProse(meaning)}</td></tr>`,
  )
  const reasons = REASON_VIEWS.map(
    ({ reason, meaning, fix }) =>
      `<tr><td><code>${reason}</code></td><td>${renderProse(meaning)}</td><td>${renderProse(fix)}</td></tr>`,
  )
  return renderPage(
    'Problems',
    `<h1>Problems</h1>
<table>\n<tr><th>HTTP</th><th>code</th><th>meaning</th></tr>\n${rows.join('\n')}\n</table>
<h2>Reasons of failed types</h2>
<table>\n<tr><th>reason</th><th>meaning</th><th>what to do</th></tr>\n${reasons.join('\n')}\n</table>`,
  )
}

function renderPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)} - Capstan</title></head>
<body>
${body}
</body>
</html>
`
}

/** Code spans are the only Markdown in the catalogue. */
function renderProse(text: string): string {
  return escapeHtml(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>')
}
