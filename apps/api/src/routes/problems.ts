import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { ProblemList } from '@capstan/shared/contract/server/problem-list'
import { ProblemView } from '@capstan/shared/contract/server/problem-view'
import { AppError } from '@capstan/shared/errors'
import type { App } from '../app-types.ts'
import {
  findProblem,
  PROBLEM_VIEWS,
  renderProblemHtml,
  renderProblemsHtml,
  renderProblemsText,
  renderProblemText,
  REASON_VIEWS,
} from '../problems/problem-pages.ts'

/** Adds the pages that `type` of a problem refers to, for people and programs. docs/errors.md has the same content. */
export function addProblemRoutes(app: App): void {
  app.get(
    '/problems',
    {
      schema: {
        operationId: 'listProblems',
        tags: ['problems'],
        summary: 'List all problem codes as JSON, HTML or text',
        response: { 200: describeFormats(ProblemList) },
      },
    },
    (request, reply) =>
      send(request, reply, {
        json: {
          data: PROBLEM_VIEWS.map((view) => ({ ...view, type: prefixPath(request, view.type) })),
          reasons: REASON_VIEWS,
        },
        html: renderProblemsHtml(prefixPath(request, '')),
        text: renderProblemsText(),
      }),
  )

  app.get(
    '/problems/:code',
    {
      schema: {
        operationId: 'getProblem',
        tags: ['problems'],
        summary: 'Read the meaning and the fix of a problem code as JSON, HTML or text',
        params: z.object({ code: z.string() }),
        response: { 200: describeFormats(ProblemView) },
      },
    },
    (request, reply) => {
      const view = findProblem(request.params.code)
      if (!view) throw unknownProblemError()
      return send(request, reply, {
        json: { ...view, type: prefixPath(request, view.type) },
        html: renderProblemHtml(view, prefixPath(request, '')),
        text: renderProblemText(view),
      })
    },
  )
}

function describeFormats(schema: z.ZodType) {
  return {
    description: 'JSON or HTML by Accept, else text.',
    content: {
      'application/json': { schema },
      'text/html': { schema: z.string() },
      'text/plain': { schema: z.string() },
    },
  }
}

/** Sends the first supported media type of `Accept`; clients that accept everything get text. */
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

function prefixPath(request: FastifyRequest, path: string): string {
  return `${request.server.findPrefix(request.raw)}${path}`
}

function unknownProblemError(): AppError {
  return new AppError('NOT_FOUND', 'The problem code does not exist', {
    hint: 'GET /problems lists all problem codes.',
  })
}
