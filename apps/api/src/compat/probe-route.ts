import { z } from 'zod'
import type { App } from '../app-types.ts'

/** Where both probes of dot-ai's deployment look; says as much as /livez. */
export function compatProbeRoute(app: App): void {
  app.get(
    '/healthz',
    {
      config: { access: 'open' },
      schema: {
        tags: ['compatibility'],
        summary: 'Whether the process still turns',
        response: { 200: z.object({ status: z.literal('ok') }) },
      },
    },
    async () => ({ status: 'ok' as const }),
  )
}
