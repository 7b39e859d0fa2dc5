import type { Role } from '@capstan/shared/contract/login/role'

/** Role that a route needs; `open` routes serve callers without a login. */
export type RouteAccess = Role | 'open'

/**
 * The role of every route, by method and pattern. HEAD has the role of GET. An entry that ends with `*` holds for all
 * routes of a third-party plugin below its path, and `*` for any method. A route without an entry stops the start.
 */
export const ROUTE_ROLES: Readonly<Record<string, RouteAccess>> = {
  'GET /livez': 'open',
  'GET /readyz': 'open',
  'GET /version': 'open',
  'GET /metrics': 'viewer',

  // Pages
  'GET /': 'open',
  // The dashboard holds no data and shows the login itself.
  'GET /ui': 'open',
  'GET /ui/*': 'open',
  'GET /ui/assets/*': 'open',
  'GET /openapi.json': 'viewer',
  'GET /docs*': 'viewer',
  'GET /problems': 'viewer',
  'GET /problems/:code': 'viewer',
  '* /queues*': 'operator',

  // Login
  'POST /ui/login': 'open',
  'POST /api/v1/session': 'open',
  'GET /api/v1/session': 'viewer',
  'DELETE /api/v1/session': 'open',
  'GET /api/v1/session/oidc': 'open',
  'GET /api/v1/session/oidc/callback': 'open',
  'GET /api/v1/sessions': 'admin',
  'DELETE /api/v1/sessions/:id': 'admin',
  'GET /api/v1/audit': 'admin',

  'POST /api/v1/scans': 'operator',
  'GET /api/v1/scans': 'viewer',
  'GET /api/v1/scans/:id': 'viewer',
  'DELETE /api/v1/scans/:id': 'operator',
  'POST /api/v1/scans/:id/cancel': 'operator',
  'POST /api/v1/scans/:id/pause': 'operator',
  'POST /api/v1/scans/:id/resume': 'operator',
  'POST /api/v1/scans/:id/retry': 'operator',
  'POST /api/v1/scans/:id/discard': 'operator',
  'GET /api/v1/scans/:id/resources': 'viewer',
  'GET /api/v1/scans/:id/resources/:resource': 'viewer',
  'GET /api/v1/scans/:id/excluded': 'viewer',
  'GET /api/v1/scans/:id/diff': 'viewer',
  'GET /api/v1/scans/:id/export': 'viewer',
  'GET /api/v1/scans/:id/events': 'viewer',
  'GET /api/v1/scans/:id/progress': 'viewer',
  'GET /api/v1/events': 'viewer',

  'GET /api/v1/resources': 'viewer',
  'GET /api/v1/resources/:resource': 'viewer',
  'GET /api/v1/resources/:resource/example': 'viewer',

  'GET /api/v1/capabilities': 'viewer',
  'GET /api/v1/capabilities/compare': 'viewer',
  'GET /api/v1/capabilities/facets': 'viewer',
  'GET /api/v1/capabilities/search': 'viewer',
  // A search with a body.
  'POST /api/v1/capabilities/search': 'viewer',
  'GET /api/v1/capabilities/export': 'viewer',
  'POST /api/v1/capabilities/import': 'admin',
  'GET /api/v1/capabilities/reindex': 'viewer',
  'POST /api/v1/capabilities/reindex': 'admin',
  'GET /api/v1/capabilities/removed': 'viewer',
  'DELETE /api/v1/capabilities/removed': 'admin',
  'GET /api/v1/capabilities/:resource': 'viewer',
  'DELETE /api/v1/capabilities/:resource': 'admin',
  'PUT /api/v1/capabilities/:resource/override': 'admin',
  'DELETE /api/v1/capabilities/:resource/override': 'admin',

  'GET /api/v1/schedules': 'viewer',
  'GET /api/v1/schedules/:name': 'viewer',
  'PUT /api/v1/schedules/:name': 'operator',
  'DELETE /api/v1/schedules/:name': 'operator',

  // The URL of a webhook may hold a secret.
  'GET /api/v1/webhooks': 'admin',
  'POST /api/v1/webhooks': 'admin',
  'GET /api/v1/webhooks/:id': 'admin',
  'PUT /api/v1/webhooks/:id': 'admin',
  'DELETE /api/v1/webhooks/:id': 'admin',
  'POST /api/v1/webhooks/:id/test': 'admin',
  'GET /api/v1/webhooks/:id/deliveries': 'admin',
  'POST /api/v1/webhooks/:id/deliveries/:delivery/replay': 'admin',

  'GET /api/v1/queue': 'viewer',
  'POST /api/v1/queue/pause': 'operator',
  'POST /api/v1/queue/resume': 'operator',
  'GET /api/v1/workers': 'viewer',
  'GET /api/v1/network': 'viewer',
  'GET /api/v1/providers': 'viewer',
  'GET /api/v1/providers/:id': 'viewer',
  // A test costs one call.
  'POST /api/v1/providers/:id/test': 'operator',
  'POST /api/v1/providers/:id/resume': 'operator',

  // Its tools need the roles of the REST routes that they call.
  'POST /mcp': 'viewer',

  // Interface of dot-ai. The operations of its one tool need roles of their own: manage-org-data.ts.
  'GET /healthz': 'open',
  'GET /api/v1/openapi': 'open',
  'GET /api/v1/tools': 'viewer',
  'POST /api/v1/tools/:tool': 'viewer',
  'POST /api/v1/tools/manageOrgData': 'viewer',
}
