import { parentPort } from 'node:worker_threads'
import { z } from 'zod'
import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import { parseAggregated } from '../discovery/parse-aggregated.ts'
import { parseApiServices } from '../discovery/parse-api-services.ts'
import { readDefinitionFile } from '../files/read-definition-file.ts'
import { listItems } from '../kube/list-items.ts'
import { isSchema } from './json-schema.ts'
import { reduceCrds } from './reduce-crds.ts'
import { openApiSourceKey, reduceOpenApi } from './reduce-openapi.ts'
import type { TaskResult, RunTypes } from './start-reducer-thread.ts'
import type { CrdEntry, TaskName, ReducerTasks } from './reducer-tasks.ts'

type Handlers = { [K in TaskName]: (ask: ReducerTasks[K]['ask']) => ReducerTasks[K]['reply'] }

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
  file: ({ path, name, budgetTokens }) => readDefinitionFile(path, name, budgetTokens),
}

/** What the other side sends. */
type Message<K extends TaskName> = { want: RunTypes } | { kind: K; ask: ReducerTasks[K]['ask'] }

parentPort?.on('message', <K extends TaskName>(message: Message<K>) => {
  if ('want' in message) remember(message.want)
  else parentPort?.postMessage(answer(message.kind, message.ask))
})

function remember({ run, types }: RunTypes): void {
  if (types.length === 0) runs.delete(run)
  else runs.set(run, new Map(types.map((type) => [resourceName(type), type])))
}

function answer<K extends TaskName>(kind: K, ask: ReducerTasks[K]['ask']): TaskResult {
  try {
    return { reply: handlers[kind](ask) }
  } catch (error) {
    // Its message would quote the body; the class is enough to know what is wrong with it.
    return {
      fault: error instanceof SyntaxError ? 'it is not valid JSON' : 'it has an unexpected form',
    }
  }
}

/** Invalid UTF-8 becomes replacement characters: one bad byte must not spoil a page of definitions. */
function parse(body: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(body))
}
