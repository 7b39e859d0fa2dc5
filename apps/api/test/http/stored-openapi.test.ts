import { expect, test } from 'vitest'
import { z } from 'zod'
import { startRig } from '../support/api-rig.ts'

const ServedDocument = z.looseObject({ servers: z.array(z.unknown()) })

// packages/client is generated from the stored document, and a change of the interface is seen in a review. Written again
// with `npx -y pnpm@12.21.0 exec vitest run --project integration apps/api/test/http/stored-openapi.test.ts -u`.
test('apps/api/openapi.json is the document that the server sends, apart from the address', async () => {
  const rig = await startRig()
  const served: unknown = await (await rig.ask('/openapi.json')).json()
  const { servers: _servers, ...document } = ServedDocument.parse(served)
  await expect(`${JSON.stringify(document, undefined, 2)}\n`).toMatchFileSnapshot(
    '../../openapi.json',
  )
})
