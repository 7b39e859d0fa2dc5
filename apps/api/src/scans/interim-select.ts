import type { Discovery } from '@capstan/cluster/cluster-source'
import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'

export interface Selection {
  selected: ResourceType[]
  excluded: { resource: string; reason: string }[]
  unmatched: { pattern: string; near: string[] }[]
}
export function selectTypes(
  discovery: Discovery,
  { include, exclude }: { include: string[]; exclude: string[] },
): Selection {
  const glob = (p: string) =>
    new RegExp(
      `^${p.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*')}$`,
      'i',
    )
  const hit = (p: string, t: ResourceType) =>
    [resourceName(t), t.plural, t.kind, `${t.kind}.${t.group}`].some((n) => glob(p).test(n))
  const selected: ResourceType[] = []
  const excluded = [...discovery.unscannable]
  for (const t of discovery.types) {
    if (exclude.some((p) => hit(p, t)))
      excluded.push({ resource: resourceName(t), reason: 'excluded by pattern' })
    else if (include.some((p) => hit(p, t))) selected.push(t)
    else excluded.push({ resource: resourceName(t), reason: 'not included' })
  }
  const unmatched = include
    .filter((p) => !discovery.types.some((t) => hit(p, t)))
    .map((pattern) => ({
      pattern,
      near: discovery.types
        .map(resourceName)
        .filter((n) => n.slice(0, 3) === pattern.slice(0, 3))
        .slice(0, 3),
    }))
  return { selected, excluded, unmatched }
}
export function resolveName(types: ResourceType[], name: string): ResourceType | undefined {
  return types.find((t) =>
    [resourceName(t), t.kind, t.plural, `${t.kind}.${t.group}`].some(
      (n) => n.toLowerCase() === name.toLowerCase(),
    ),
  )
}
