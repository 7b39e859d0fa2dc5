export interface RouteVariant {
  name: string
  /** Number of models over which scans are distributed. */
  routes: number
  /** CAPSTAN_CONCURRENCY of the single worker process. */
  slotsPerRoute: number
}

const SLOTS = 64
const ROUTES = 32

export const VARIANTS = {
  one: { name: 'one route', routes: 1, slotsPerRoute: SLOTS },
  many: {
    name: `${ROUTES} routes, as many slots in all`,
    routes: ROUTES,
    slotsPerRoute: SLOTS / ROUTES,
  },
  wide: { name: `${ROUTES} routes, as many slots each`, routes: ROUTES, slotsPerRoute: SLOTS },
} as const satisfies Record<string, RouteVariant>
