/** Pages of the navigation, each with the key that opens it after `g`. */
export const NAVIGATION: readonly { path: string; name: string; key: string }[] = [
  { path: 'scans', name: 'Scans', key: 's' },
  { path: 'catalog', name: 'Catalog', key: 'c' },
  { path: 'coverage', name: 'Coverage', key: 'v' },
  { path: 'providers', name: 'Providers', key: 'p' },
  { path: 'queues', name: 'Queues', key: 'q' },
]
