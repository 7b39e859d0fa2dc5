import type { DemoRule } from './demo-rule.ts'
import { PLATFORM_RULES } from './platform-rules.ts'
import { SERVICE_RULES } from './service-rules.ts'

/** Matched against kind and group first, then against the description. */
export const DEMO_RULES: readonly DemoRule[] = [...SERVICE_RULES, ...PLATFORM_RULES]

/** Providers named in the text of a definition. */
export const PROVIDER_WORDS: readonly [RegExp, string][] = [
  [/\baws\b|amazon|\.aws\./i, 'AWS'],
  [/azure/i, 'Azure'],
  [/\bgcp\b|google/i, 'Google Cloud'],
  [/prometheus/i, 'Prometheus'],
  [/kafka/i, 'Kafka'],
  [/let's encrypt|\bacme\b/i, "Let's Encrypt"],
]
