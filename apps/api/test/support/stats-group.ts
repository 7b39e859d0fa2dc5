/** An aggregated API group for the cluster simulator. */
export function statsGroup(...plurals: string[]) {
  const types = plurals.map((plural) => ({
    kind: `${plural.slice(0, 1).toUpperCase()}${plural.slice(1, -1)}Stats`,
    plural,
    versions: ['v1beta1'],
    verbs: ['get', 'list'],
    schema: { description: 'What it uses now.' },
  }))
  return { group: 'stats.example', schemaPrefix: 'example.stats', types }
}
