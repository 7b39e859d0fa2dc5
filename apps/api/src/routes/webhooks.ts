import { z } from 'zod'
import {
  CreatedWebhook,
  DeliveryId,
  DeliveryList,
  DeliveryStatus,
  Delivery,
  Webhook,
  WebhookId,
  WebhookList,
  WebhookRequest,
} from '@capstan/shared/contract/webhook'
import { AppError } from '@capstan/shared/errors'
import type { App } from '../app-types.ts'
import { requirePrincipal } from '../access/principal.ts'
import { auditRequest } from '../audit/audit-request.ts'
import type { ApiDeps } from '../deps.ts'
import { listDeliveries, readDelivery, replayDelivery } from '../webhooks/delivery-history.ts'
import { addTestDelivery } from '../webhooks/plan-deliveries.ts'
import {
  createWebhook,
  deleteWebhook,
  listWebhooks,
  readWebhook,
  replaceWebhook,
  type WebhookDeps,
} from '../webhooks/webhook-store.ts'

const Params = z.object({ id: WebhookId })
const DeliveryParams = Params.extend({ delivery: DeliveryId })
const DeliveryQuery = z.object({
  status: DeliveryStatus.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
})
const tags = ['webhooks']

type RouteDeps = WebhookDeps & Pick<ApiDeps, 'audit'>

/** Adds the routes of webhooks: signed messages about ended scans. */
export function addWebhookRoutes(app: App, deps: RouteDeps): void {
  addReadRoutes(app, deps)
  addChangeRoutes(app, deps)
  addDeleteRoute(app, deps)
  addTestRoute(app, deps)
  addDeliveryRoutes(app, deps)
}

function addReadRoutes(app: App, deps: RouteDeps): void {
  app.get(
    '/webhooks',
    {
      schema: {
        tags,
        operationId: 'listWebhooks',
        summary: 'List the webhooks, oldest first',
        response: { 200: WebhookList },
      },
    },
    async () => ({ data: await listWebhooks(deps) }),
  )
  app.get(
    '/webhooks/:id',
    {
      schema: {
        tags,
        operationId: 'getWebhook',
        summary: 'Read a webhook',
        params: Params,
        response: { 200: Webhook },
      },
    },
    async ({ params }) => readExisting(deps, params.id),
  )
}

function addChangeRoutes(app: App, deps: RouteDeps): void {
  app.post(
    '/webhooks',
    {
      schema: {
        tags,
        operationId: 'createWebhook',
        summary: 'Create a webhook',
        description:
          'The answer has the signing secret, which no other request returns. Messages are signed as in Standard Webhooks.',
        body: WebhookRequest,
        response: { 201: CreatedWebhook },
      },
    },
    async (request, reply) => {
      const created = await createWebhook(deps, request.body, requirePrincipal(request).name)
      await auditRequest(deps, request, 'webhook.created', created.id, created.url)
      return reply.code(201).send(created)
    },
  )
  app.put(
    '/webhooks/:id',
    {
      schema: {
        tags,
        operationId: 'replaceWebhook',
        summary: 'Replace the settings of a webhook; its secret stays',
        params: Params,
        body: WebhookRequest,
        response: { 200: Webhook },
      },
    },
    async (request) => {
      const { id } = request.params
      const webhook = await replaceWebhook(deps, id, request.body)
      if (!webhook) throw createUnknownError()
      await auditRequest(deps, request, 'webhook.changed', id, webhook.url)
      return webhook
    },
  )
}

function addDeleteRoute(app: App, deps: RouteDeps): void {
  app.delete(
    '/webhooks/:id',
    {
      schema: {
        tags,
        operationId: 'deleteWebhook',
        summary: 'Delete a webhook with its unsent messages',
        params: Params,
        response: { 204: z.undefined().describe('Deleted.') },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      if (!(await deleteWebhook(deps, id))) throw createUnknownError()
      await auditRequest(deps, request, 'webhook.deleted', id)
      return reply.code(204).send()
    },
  )
}

function addTestRoute(app: App, deps: RouteDeps): void {
  app.post(
    '/webhooks/:id/test',
    {
      schema: {
        tags,
        operationId: 'testWebhook',
        summary: 'Send a message of type webhook.test',
        description: 'GET /webhooks/{id}/deliveries shows its outcome.',
        params: Params,
        response: { 202: z.object({ delivery: DeliveryId }) },
      },
    },
    async (request, reply) => {
      const webhook = await readExisting(deps, request.params.id)
      const delivery = await addTestDelivery(deps, webhook)
      await auditRequest(deps, request, 'webhook.tested', webhook.id, delivery)
      return reply.code(202).send({ delivery })
    },
  )
}

function addDeliveryRoutes(app: App, deps: RouteDeps): void {
  app.get(
    '/webhooks/:id/deliveries',
    {
      schema: {
        tags,
        operationId: 'listDeliveries',
        summary: 'List the messages of a webhook, newest first',
        description: 'At most the newest 500. `dead` ones are not tried any more.',
        params: Params,
        querystring: DeliveryQuery,
        response: { 200: DeliveryList },
      },
    },
    async ({ params, query }) => {
      await readExisting(deps, params.id)
      return { data: await listDeliveries(deps, params.id, query) }
    },
  )
  app.post(
    '/webhooks/:id/deliveries/:delivery/replay',
    {
      schema: {
        tags,
        operationId: 'replayDelivery',
        summary: 'Send a dead message again, under the same webhook-id',
        params: DeliveryParams,
        response: { 202: Delivery },
      },
    },
    async (request, reply) => {
      const { id, delivery } = request.params
      await readExisting(deps, id)
      if (!(await replayDelivery(deps, id, delivery))) throw createUnknownDeliveryError()
      await auditRequest(deps, request, 'webhook.replayed', id, delivery)
      const replayed = await readDelivery(deps, id, delivery)
      if (!replayed) throw createUnknownDeliveryError()
      return reply.code(202).send(replayed)
    },
  )
}

async function readExisting(deps: WebhookDeps, id: string): Promise<Webhook> {
  const webhook = await readWebhook(deps, id)
  if (!webhook) throw createUnknownError()
  return webhook
}

function createUnknownError(): AppError {
  return new AppError('NOT_FOUND', 'The webhook does not exist', {
    hint: 'GET /api/v1/webhooks lists the existing ones.',
  })
}

function createUnknownDeliveryError(): AppError {
  return new AppError('NOT_FOUND', 'The delivery does not exist', {
    hint: 'GET /api/v1/webhooks/{id}/deliveries lists the existing ones.',
  })
}
