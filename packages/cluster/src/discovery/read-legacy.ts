import { z } from 'zod'
import type { KubeClient } from '../kube/kube-client.ts'
import type { VersionedResource, RawDiscovery } from './versioned-resource.ts'

/** `/api`: versions of the core group. */
const CoreVersions = z.object({ versions: z.array(z.string()) })
/** `/apis`: named groups with their versions. */
const GroupList = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      versions: z.array(z.object({ version: z.string() })),
      preferredVersion: z.object({ version: z.string() }).nullish(),
    }),
  ),
})

const Texts = z.array(z.string()).nullish()
const ResourceList = z.object({
  resources: z.array(
    z.object({
      name: z.string(),
      singularName: z.string().default(''),
      namespaced: z.boolean(),
      kind: z.string(),
      verbs: Texts,
      shortNames: Texts,
      categories: Texts,
    }),
  ),
})

interface GroupVersions {
  group: string
  versions: string[]
}

/** Groups of a legacy `/api` or `/apis` answer (parsed JSON), preferred version first. Throws for other content. */
export function parseLegacyGroups(json: unknown): GroupVersions[] {
  const core = CoreVersions.safeParse(json)
  if (core.success) return [{ group: '', versions: core.data.versions }]
  return GroupList.parse(json).groups.map(({ name, versions, preferredVersion }) => {
    const preferred = preferredVersion ? [preferredVersion.version] : []
    return {
      group: name,
      versions: [...new Set([...preferred, ...versions.map((one) => one.version)])],
    }
  })
}

/**
 * Discovery with one request per group version, for servers before 1.26 and behind proxies that drop Accept parameters. If
 * one version of a group does not answer, the whole group is unavailable.
 */
export async function readLegacy(
  client: KubeClient,
  groups: GroupVersions[],
  signal: AbortSignal,
): Promise<RawDiscovery> {
  const answers = await Promise.all(groups.map((group) => readGroup(client, group, signal)))
  return {
    resources: answers.flatMap(({ resources }) => resources),
    unavailable: answers.flatMap(({ unavailable }) => unavailable),
  }
}

async function readGroup(
  client: KubeClient,
  { group, versions }: GroupVersions,
  signal: AbortSignal,
): Promise<RawDiscovery> {
  try {
    const lists = await Promise.all(
      versions.map(async (version) => {
        const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
        const { status, body } = await client.get(path, signal)
        if (status !== 200) throw new Error(`GET ${path} answers ${status}`)
        return parseResources(group, version, JSON.parse(new TextDecoder().decode(body)))
      }),
    )
    return { resources: lists.flat(), unavailable: [] }
  } catch (error) {
    signal.throwIfAborted()
    const why = error instanceof Error ? error.message.slice(0, 200) : 'no answer'
    return { resources: [], unavailable: [{ group, reason: why }] }
  }
}

/** Resources of one version. The list has subresources as `name/subresource`. */
function parseResources(group: string, version: string, json: unknown): VersionedResource[] {
  const { resources } = ResourceList.parse(json)
  const subresources = Map.groupBy(
    resources.filter(({ name }) => name.includes('/')),
    ({ name }) => name.split('/')[0],
  )
  return resources
    .filter(({ name }) => !name.includes('/'))
    .map((resource) => ({
      group,
      version,
      plural: resource.name,
      singular: resource.singularName,
      kind: resource.kind,
      scope: resource.namespaced ? 'Namespaced' : 'Cluster',
      verbs: resource.verbs ?? [],
      shortNames: resource.shortNames ?? [],
      categories: resource.categories ?? [],
      subresources: (subresources.get(resource.name) ?? []).map(
        ({ name }) => name.split('/')[1] ?? '',
      ),
    }))
}
