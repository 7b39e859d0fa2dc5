import { z } from 'zod'
import { isVisibleText, VISIBLE_ONLY } from './visible-text.ts'

/** Model name in the spelling of its provider. */
export const ModelName = z.string().trim().min(1).max(200).refine(isVisibleText, VISIBLE_ONLY)
