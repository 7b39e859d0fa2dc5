import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { ItemReason, PROBLEM_CODES } from '@capstan/shared/contract/problem'
import { AppError } from '@capstan/shared/errors'
import type { App } from '../app-types.ts'
import {
  findProblem,
  PROBLEM_VIEWS,
  problemHtml,
  problemsHtml,
  problemsText,
  problemText,
  REASON_VIEWS,
} from '../problems/problem-pages.ts'

const ProblemView = z.object({
  code: z.enum(PROBLEM_CODES),
  type: z.string(),
  status: z.int(),
  title: z.string(),
  meaning: z.string(),
  fix: z.string().describe('What to do about it.'),
})
const ProblemList = z.object({
  data: z.array(ProblemView),
  reasons: z.array(z.object({ reason: ItemReason, meaning: z.string(), fix: z.string() })),
})

const CONFIG = { access: 'read', browser: true } as const

/** The pages that `type` of a problem names, for people and programs. docs/errors.md has the same. */
export function problemRoutes(app: App): void {
  app.get(
    '/problems',
    {
      config: CONFIG,
      schema: {
        tags: ['problems'],
        summary: 'List the problems that the server answers with, as JSON, HTML or text',
        response: { 200: answers(ProblemList) },
      },
    },
    (request, reply) =>
      send(request, reply, {
        json: {
          data: PROBLEM_VIEWS.map((view) => ({ ...view, type: below(request, view.type) })),
          reasons: REASON_VIEWS,
        },
        html: problemsHtml(below(request, '')),
        text: problemsText(),
      }),
  )

  app.get(
    '/problems/:code',
    {
      config: CONFIG,
      schema: {
        tags: ['problems'],
        summary: 'Read what a problem means and what to do about it, as JSON, HTML or text',
        params: z.object({ code: z.string() }),
        response: { 200: answers(ProblemView) },
      },
    },
    (request, reply) => {
      const view = findProblem(request.params.code)
      if (!view) throw noSuchProblem()
      return send(request, reply, {
        json: { ...view, type: below(request, view.type) },
        html: problemHtml(view, below(request, '')),
        text: problemText(view),
      })
    },
  )
}

function answers(schema: z.ZodType) {
  return {
    description: 'By Accept: JSON, HTML, else text.',
    content: {
      'application/json': { schema },
      'text/html': { schema: z.string() },
      'text/plain': { schema: z.string() },
    },
  }
}

/** The first media type that `Accept` names; a client that takes everything gets text. */
function send(
  { headers: { accept = '' } }: FastifyRequest,
  reply: FastifyReply,
  { json, html, text }: { json: unknown; html: string; text: string },
): FastifyReply {
  const named = /\b(?:application\/(?:problem\+)?json|text\/html|text\/plain)\b/i.exec(accept)?.[0]
  if (named?.toLowerCase().endsWith('json')) return reply.type('application/json').send(json)
  if (named?.toLowerCase() === 'text/html') return reply.type('text/html').send(html)
  return reply.type('text/plain').send(text)
}

function below(request: FastifyRequest, path: string): string {
  return `${request.server.findPrefix(request.raw)}${path}`
}

function noSuchProblem(): AppError {
  return new AppError('NOT_FOUND', 'There is no such problem', {
    hint: 'GET /problems lists all problems.',
  })
}
