import { InvalidArgumentError } from 'commander'
import { parseDuration } from '@capstan/shared/text/units'

/** Parses an option that can be repeated or can list several values with commas. */
export function parseList(value: string, before: string[] = []): string[] {
  return [...before, ...value.split(',').filter(Boolean)]
}

export function parseLabel(
  value: string,
  before: Record<string, string> = {},
): Record<string, string> {
  const [name, ...rest] = value.split('=')
  if (!name || rest.length === 0) throw new InvalidArgumentError('It must be key=value.')
  return { ...before, [name]: rest.join('=') }
}

export function parseDurationOption(value: string): number {
  const ms = parseDuration(value)
  if (ms === undefined)
    throw new InvalidArgumentError('It must be a time such as 90s, 15m or 1h30m.')
  return ms
}

export function parseCount(value: string): number {
  if (!/^[1-9]\d{0,6}$/.test(value)) throw new InvalidArgumentError('It must be a positive number.')
  return Number(value)
}

/** Parses an amount in US dollars. */
export function parseMoney(value: string): number {
  const usd = /^\d{1,7}(\.\d{1,6})?$/.test(value) ? Number(value) : 0
  if (usd <= 0) throw new InvalidArgumentError('It must be dollars such as 2 or 0.50.')
  return usd
}

export function parsePort(value: string): number {
  const number = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN
  if (!(number <= 65_535)) throw new InvalidArgumentError('It must be a port, 0 to 65535.')
  return number
}

export function parseFraction(value: string): number {
  const number = Number(value)
  if (value === '' || !(number >= 0 && number <= 1))
    throw new InvalidArgumentError('It must be between 0 and 1.')
  return number
}

/** Parses a range such as `4000-6000`, or a single number, in milliseconds. */
export function parseLatency(value: string): { minMs: number; maxMs: number } {
  const [, min, max] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(value) ?? []
  const range = { minMs: Number(min), maxMs: Number(max ?? min) }
  if (min === undefined || range.maxMs < range.minMs) {
    throw new InvalidArgumentError('It must be milliseconds such as 500 or 4000-6000.')
  }
  return range
}
