import { PROBLEM_CODES, type ItemReason, type ProblemCode } from '@capstan/shared/contract/problem'
import {
  PROBLEM_CATALOGUE,
  problemPath,
  problemSlug,
  type ProblemEntry,
} from '@capstan/shared/contract/problem-catalogue'
import { REASON_CATALOGUE } from '@capstan/shared/contract/reason-catalogue'

export interface ProblemView extends ProblemEntry {
  code: ProblemCode
  /** Its `type`, from the root of the server. */
  type: string
}

export interface ReasonView {
  reason: ItemReason
  meaning: string
  fix: string
}

export const PROBLEM_VIEWS: readonly ProblemView[] = PROBLEM_CODES.map((code) => ({
  code,
  type: problemPath(code),
  ...PROBLEM_CATALOGUE[code],
}))

export const REASON_VIEWS: readonly ReasonView[] = Object.entries(REASON_CATALOGUE).map(
  // Object.entries forgets the type of the keys.
  ([reason, entry]) => ({ reason: reason as ItemReason, ...entry }),
)

/** The problem that a link names, in any case and with `_` for `-`. */
export function findProblem(slug: string): ProblemView | undefined {
  return PROBLEM_VIEWS.find(({ code }) => problemSlug(code) === problemSlug(slug))
}

/** One problem as plain text. */
export function problemText({ code, title, status, meaning, fix }: ProblemView): string {
  return `${title} (${code}, HTTP ${status})\n\n${meaning}\n\nWhat to do: ${fix}\n`
}

/** One problem as a page. `prefix` is the path below which the caller reached the server. */
export function problemHtml(view: ProblemView, prefix: string): string {
  const { code, title, status, meaning, fix } = view
  return page(
    title,
    `<h1>${escape(title)}</h1>
<p><code>${code}</code>, HTTP ${status}</p>
<p>${prose(meaning)}</p>
<p><strong>What to do:</strong> ${prose(fix)}</p>
<p><a href="${prefix}/problems">All problems</a></p>`,
  )
}

/** All problems, one a line, as plain text. */
export function problemsText(): string {
  const problems = PROBLEM_VIEWS.map(
    ({ code, status, type, meaning }) => `${status} ${code} (${type}): ${meaning}`,
  )
  const reasons = REASON_VIEWS.map(({ reason, meaning }) => `${reason}: ${meaning}`)
  return `Problems\n\n${problems.join('\n')}\n\nReasons of failed types\n\n${reasons.join('\n')}\n`
}

/** All problems as a page. */
export function problemsHtml(prefix: string): string {
  const rows = PROBLEM_VIEWS.map(
    ({ code, status, type, meaning }) =>
      `<tr><td>${status}</td><td><a href="${prefix}${type}">${code}</a></td><td>${prose(meaning)}</td></tr>`,
  )
  const reasons = REASON_VIEWS.map(
    ({ reason, meaning, fix }) =>
      `<tr><td><code>${reason}</code></td><td>${prose(meaning)}</td><td>${prose(fix)}</td></tr>`,
  )
  return page(
    'Problems',
    `<h1>Problems</h1>
<table>\n<tr><th>HTTP</th><th>code</th><th>meaning</th></tr>\n${rows.join('\n')}\n</table>
<h2>Reasons of failed types</h2>
<table>\n<tr><th>reason</th><th>meaning</th><th>what to do</th></tr>\n${reasons.join('\n')}\n</table>`,
  )
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)} - Capstan</title></head>
<body>
${body}
</body>
</html>
`
}

/** Markdown of the catalogue knows code spans only. */
function prose(text: string): string {
  return escape(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>')
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
