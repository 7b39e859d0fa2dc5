// Writes docs/errors.md from the catalogue of problems and reasons and from provider-errors.ts. Part of `fix`; test/errors.test.ts fails when the page is out of date.
import { writeFileSync } from 'node:fs'
import { PROBLEM_CODES } from '../packages/shared/src/contract/problem.ts'
import {
  PROBLEM_CATALOGUE,
  problemPath,
} from '../packages/shared/src/contract/problem-catalogue.ts'
import { REASON_CATALOGUE } from '../packages/shared/src/contract/server/reason-catalogue.ts'
import { PROVIDER_ERRORS } from './provider-errors.ts'

export const ERRORS_PAGE = new URL('../docs/errors.md', import.meta.url)

if (import.meta.main) writeFileSync(ERRORS_PAGE, renderErrorsPage())

/** Renders the whole page. */
export function renderErrorsPage(): string {
  return `<!-- Written by scripts/errors-page.ts (\`npx -y pnpm@12.21.0 fix\`); change the catalogue, not this page. -->

# Errors

Each failed request returns a problem document (RFC 9457, \`application/problem+json\`):

\`\`\`json
{
  "type": "/problems/validation",
  "title": "Validation failed",
  "status": 400,
  "code": "VALIDATION",
  "detail": "The body of the request is not valid",
  "instance": "urn:request:9f2c",
  "hint": "Read \`errors\` for each fault; /docs of the server describes each request.",
  "retryable": false,
  "errors": [{ "pointer": "#/budget/maxCostUsd", "detail": "must be at least 0.000001" }]
}
\`\`\`

* Programs use \`code\`. The texts may change.
* \`type\` is a path on the server that returns the row of this page as HTML, as text or, with \`Accept: application/json\`, as JSON. \`GET /problems\` lists all.
* \`pointer\` is a JSON pointer (RFC 6901) as a URI fragment, \`#\` for the whole value. \`in\` names the part of the request: \`query\`, \`path\`
  or \`header\`. It is absent for the body.
* Unknown and repeated query parameters are refused. An unknown cluster name is \`UNKNOWN_CLUSTER\` on every
* route. With \`retryable: true\` the same request may succeed later, after \`Retry-After\`.

## Problems

| HTTP | code | type | meaning | what to do |
| --- | --- | --- | --- | --- |
${PROBLEM_CODES.map(problemRow).join('\n')}

## Reasons of failed types

A failed type has a \`problem\` with a \`reason\`.

| reason | meaning | what to do |
| --- | --- | --- |
${Object.entries(REASON_CATALOGUE)
  .map(([reason, { meaning, fix }]) => row([`\`${reason}\``, meaning, fix]))
  .join('\n')}

${PROVIDER_ERRORS}`
}

function problemRow(code: (typeof PROBLEM_CODES)[number]): string {
  const { status, meaning, fix } = PROBLEM_CATALOGUE[code]
  return row([String(status), `\`${code}\``, `\`${problemPath(code)}\``, meaning, fix])
}

function row(cells: string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`
}
