import { anthropicGateway } from './products/anthropic-gateway.ts'
import { azure } from './products/azure.ts'
import { companyGateway } from './products/company-gateway.ts'
import { deepSeek } from './products/deepseek.ts'
import { gemini } from './products/gemini.ts'
import { groq } from './products/groq.ts'
import { litellm } from './products/litellm.ts'
import { llamaCpp } from './products/llama-cpp.ts'
import { lmStudio } from './products/lm-studio.ts'
import { mistral } from './products/mistral.ts'
import { ollama } from './products/ollama.ts'
import { openRouter } from './products/openrouter.ts'
import { tgi } from './products/tgi.ts'
import { vllm } from './products/vllm.ts'
import { xai } from './products/xai.ts'
import type { Product } from './types.ts'

/** By the prefix of model names and paths. */
export const PRODUCTS = {
  vllm,
  ollama,
  'lm-studio': lmStudio,
  'llama-cpp': llamaCpp,
  tgi,
  litellm,
  openrouter: openRouter,
  azure,
  deepseek: deepSeek,
  groq,
  mistral,
  gemini,
  xai,
  'company-gateway': companyGateway,
  'anthropic-gateway': anthropicGateway,
} satisfies Record<string, Product>

export type ProductName = keyof typeof PRODUCTS
