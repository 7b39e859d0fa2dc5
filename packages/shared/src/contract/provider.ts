import { z } from 'zod'
import { PROVIDERS } from './provider-names.ts'

export const Provider = z.enum(PROVIDERS)
export type Provider = z.infer<typeof Provider>
