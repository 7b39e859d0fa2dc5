import { z } from 'zod'
import { PROVIDERS } from '@capstan/shared/contract/provider-names'
import type { Provider } from '@capstan/shared/contract/provider'
import { findPrice } from '@capstan/shared/prices/price-table'
import type { Price } from '@capstan/shared/prices/price'
import { PriceConfig } from '@capstan/shared/config/fragments'
import type { Fallback } from './choose-fallback.ts'

/** Rules are no model, so they are no fallback. */
const Named = z.object({
  provider: z.enum(PROVIDERS).exclude(['demo']),
  model: z.string().min(1).max(200),
})

type Named = z.infer<typeof Named>

/** CAPSTAN_FALLBACK, such as `openai/gpt-6-luna, anthropic/claude-haiku-5-5`; checked here, parsed where it is used. */
export const FallbackText = z.string().superRefine((text, context) => {
  for (const one of splitList(text)) {
    if (parse(one)) continue
    const message = `\`${one}\` is not provider/model, such as openai/gpt-6-luna`
    context.addIssue({ code: 'custom', message })
  }
})

/** Parses the setting; models in the order of preference. */
export function parseFallbackModels(text: string): Named[] {
  return splitList(text).flatMap((one) => parse(one) ?? [])
}

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean)
}

function parse(one: string): Named | undefined {
  const [provider, ...model] = one.split('/')
  return Named.safeParse({ provider, model: model.join('/') }).data
}

interface FallbackSource {
  CAPSTAN_FALLBACK: string
  CAPSTAN_FALLBACK_AFTER_MS: number
  CAPSTAN_PRICES?: Record<string, Price> | undefined
}

/** The fallback models; undefined when none is set. */
export function readFallback(config: FallbackSource): Fallback | undefined {
  const models = parseFallbackModels(config.CAPSTAN_FALLBACK).map(({ provider, model }) => ({
    provider,
    model,
    price: findPrice(provider, model, config.CAPSTAN_PRICES),
  }))
  return models.length === 0 ? undefined : { models, afterMs: config.CAPSTAN_FALLBACK_AFTER_MS }
}

/** A fallback model without a key never answers, and one without a price would make the cost of a scan unknown. */
export function findFallbackFaults(
  given: Record<string, string | undefined>,
  served: Provider[],
): string[] {
  const named = parseFallbackModels(given['CAPSTAN_FALLBACK'] ?? '')
  const own = PriceConfig.CAPSTAN_PRICES.safeParse(given['CAPSTAN_PRICES']).data
  return named.flatMap(({ provider, model }) => [
    ...(served.includes(provider) ? [] : [`CAPSTAN_FALLBACK: there is no key for ${provider}`]),
    ...(findPrice(provider, model, own)
      ? []
      : [`CAPSTAN_FALLBACK: the price of ${model} is not known; set it in CAPSTAN_PRICES`]),
  ])
}
