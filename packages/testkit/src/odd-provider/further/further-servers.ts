import type { Product, OddWire } from '../types.ts'
import type { FurtherServer } from './further-server.ts'
import { ODD_FAULTS } from './odd-faults.ts'
import { ODD_MESSAGES } from './odd-messages.ts'
import { ODD_REFUSALS } from './odd-refusals.ts'
import { ODD_WRAPPINGS } from './odd-wrappings.ts'

/** Servers by name. Their models are `further/NAME`, on the Anthropic wire `further-messages/NAME`. */
export const FURTHER_SERVERS: Record<string, FurtherServer> = {
  ...ODD_WRAPPINGS,
  ...ODD_REFUSALS,
  ...ODD_FAULTS,
  ...ODD_MESSAGES,
}

/** The same servers as products, for `startOddProvider({ more })`. */
export const FURTHER_PRODUCTS: Record<string, Product> = {
  further: asProduct('openai'),
  'further-messages': asProduct('anthropic'),
}

function asProduct(wire: OddWire): Product {
  const own = Object.entries(FURTHER_SERVERS).filter(([, server]) => server.wire === wire)
  return {
    wire,
    base: '/v1',
    unknownPath: () => ({ status: 404, body: '' }),
    behaviors: Object.fromEntries(own.map(([name, { behavior }]) => [name, behavior])),
  }
}
