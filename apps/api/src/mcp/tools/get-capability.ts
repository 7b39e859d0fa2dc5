import { z } from 'zod'
import { CapabilityView } from '@capstan/shared/contract/capability'
import { cleanData, cleanLines, DATA_NOTICE } from '../untrusted-text.ts'
import { RestError } from '../rest-client.ts'
import { CapabilitySummary, describeRowSource, shortenText } from './capability-fields.ts'
import { defineTool } from './define-tool.ts'
import { Cluster } from './shared-fields.ts'
import type { ToolContext } from './tool-context.ts'

/** A minimal manifest is much shorter; the schema of a CRD decides. */
const MAX_EXAMPLE = 16_000

const Detail = CapabilitySummary.extend(
  CapabilityView.pick({
    scope: true,
    providers: true,
    abstractions: true,
    complexity: true,
  }).shape,
).extend({ asOf: z.string() })

export const getCapabilityTool = defineTool({
  name: 'get_capability',
  description:
    'Reads what one resource type does, and a minimal manifest of it as YAML from its schema. Replace the placeholders.',
  route: 'GET /api/v1/capabilities/:resource',
  annotations: { readOnlyHint: true },
  input: z.object({
    resource: z
      .string()
      .min(1)
      .max(520)
      .describe('Name as in search results, such as `deployments.apps`.'),
    cluster: Cluster,
    example: z.boolean().default(true).describe('Include the manifest.'),
  }),
  output: z.object({
    capability: Detail,
    example: z.string().nullable(),
    exampleNote: z.string().nullable(),
  }),
  run: async ({ rest }, { resource, cluster, example }) => {
    const row = await rest.read(CapabilityView, {
      method: 'GET',
      path: `/capabilities/${encodeURIComponent(resource)}`,
      query: { cluster },
    })
    const capability = cleanData(Detail.parse({ ...row, asOf: row.provenance.inferredAt }))
    const manifest = example ? await readManifest(rest, row) : { example: null, exampleNote: null }
    const text = [
      DATA_NOTICE,
      shortenText(`${row.resource} (${row.apiVersion} ${row.kind}; ${describeRowSource(row)})`),
      capability.description,
      manifest.example === null ? '' : `Minimal manifest:\n${manifest.example}`,
      manifest.exampleNote ?? '',
    ]
    return {
      data: { capability, ...manifest },
      text: text.filter((part) => part !== '').join('\n'),
    }
  },
})

/** The manifest needs the cluster, which the row does not. */
async function readManifest(
  rest: ToolContext['rest'],
  { resource, cluster }: CapabilityView,
): Promise<{ example: string | null; exampleNote: string | null }> {
  try {
    const { text } = await rest.send({
      method: 'GET',
      path: `/resources/${encodeURIComponent(resource)}/example`,
      query: { cluster },
    })
    return { example: cleanLines(text, MAX_EXAMPLE), exampleNote: null }
  } catch (error) {
    if (!(error instanceof RestError)) throw error
    const { detail, title, hint = '' } = error.problem
    return { example: null, exampleNote: cleanData(`No manifest: ${detail ?? title}. ${hint}`) }
  }
}
