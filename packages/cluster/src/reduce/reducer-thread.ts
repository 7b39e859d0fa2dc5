import { parentPort } from 'node:worker_threads'
import { z } from 'zod'
import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import { parseAggregated } from '../discovery/parse-aggregated.ts'
import { parseApiServices } from '../discovery/parse-api-services.ts'
import { renderCrdExample } from '../example/render-crd-example.ts'
import { renderDocumentExample } from '../example/render-document-example.ts'
import { renderFileExample } from '../example/render-file-example.ts'
import { readDefinitionFile } from '../files/read-definition-file.ts'
import { listItems } from '../kube/list-items.ts'
import { isSchema } from './json-schema.ts'
import { reduceCrds } from './reduce-crds.ts'
import { openApiSourceKey, reduceOpenApi } from './reduce-openapi.ts'
import type { TaskResult, RunTypes } from './start-reducer-thread.ts'
import type { TaskName, ReducerTasks } from './reducer-tasks.ts'
import type { CrdEntry } from '../watch/crd-change.ts'

type Handlers = { [K in TaskName]: (input: ReducerTasks[K]['input']) => ReducerTasks[K]['output'] }

const PartialList = z.object({
  items: listItems(
    z.object({
      metadata: z.object({ name: z.string(), uid: z.string(), generation: z.number().default(0) }),
    }),
  ),
})
const ListMetadata = z.object({ continue: z.string().optional() }).catch({})

const runs = new Map<number, Map<string, ResourceType>>()

const handlers: Handlers = {
  discovery: ({ body }) => parseAggregated(parse(body)),
  'crd-names': ({ body }): CrdEntry[] =>
    PartialList.parse(parse(body)).items.map(({ metadata }) => metadata),
  'api-services': ({ body }) => parseApiServices(parse(body)),
  crds: ({ run, body, budgetTokens }) => {
    const json = parse(body)
    const list = isSchema(json) && Array.isArray(json['items']) ? json : { items: [json] }
    const items: unknown[] = Array.isArray(list['items']) ? list['items'] : []
    const next = ListMetadata.parse(list['metadata']).continue
    const reduced = reduceCrds(items, runs.get(run) ?? new Map(), budgetTokens)
    return { reduced, next: next || undefined }
  },
  openapi: ({ body, path, hash, wanted, budgetTokens }) =>
    reduceOpenApi(
      parse(body),
      wanted,
      (one) =>
        hash === undefined ? undefined : openApiSourceKey({ path, hash }, one, budgetTokens),
      budgetTokens,
    ),
  'crd-example': ({ body, type }) => renderCrdExample(parse(body), type),
  'openapi-example': ({ body, type }) => renderDocumentExample(parse(body), type),
  'file-example': ({ path, type }) => renderFileExample(path, type),
  file: ({ path, name, budgetTokens }) => readDefinitionFile(path, name, budgetTokens),
}

/** A message from the main thread. */
type Message<K extends TaskName> = { run: RunTypes } | { kind: K; input: ReducerTasks[K]['input'] }

parentPort?.on('message', <K extends TaskName>(message: Message<K>) => {
  if ('run' in message) storeRun(message.run)
  else parentPort?.postMessage(runTask(message.kind, message.input))
})

function storeRun({ run, types }: RunTypes): void {
  if (types.length === 0) runs.delete(run)
  else runs.set(run, new Map(types.map((type) => [resourceName(type), type])))
}

function runTask<K extends TaskName>(kind: K, input: ReducerTasks[K]['input']): TaskResult {
  try {
    return { output: handlers[kind](input) }
  } catch (error) {
    // The message would quote the body, so only its kind is reported.
    return {
      fault: error instanceof SyntaxError ? 'it is not valid JSON' : 'it has an unexpected form',
    }
  }
}

/** Replaces invalid UTF-8, so that one bad byte does not invalidate a page of definitions. */
function parse(body: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(body))
}
