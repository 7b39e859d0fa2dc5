const COLUMNS = ['Age', 'Instances', 'Ready', 'Status', 'Primary']

/** A CRD with printer columns, as in the CloudNativePG operator. */
export function postgresCluster(field = 'instances') {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'clusters.postgresql.cnpg.io' },
    spec: {
      group: 'postgresql.cnpg.io',
      scope: 'Namespaced',
      names: {
        plural: 'clusters',
        singular: 'cluster',
        kind: 'Cluster',
        listKind: 'ClusterList',
      },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          additionalPrinterColumns: COLUMNS.map((name) => ({
            name,
            type: 'string',
            jsonPath: `.status.${name.toLowerCase()}`,
          })),
          schema: {
            openAPIV3Schema: {
              type: 'object',
              description: 'A PostgreSQL cluster with failover and backups.',
              properties: {
                spec: { type: 'object', properties: { [field]: { type: 'integer' } } },
              },
            },
          },
        },
      ],
    },
  }
}
