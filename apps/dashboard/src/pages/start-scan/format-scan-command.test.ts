import { expect, test } from 'vitest'
import { formatScanCommand } from './format-scan-command.ts'

test('a scan of everything needs only the server', () => {
  expect(formatScanCommand({}, 'http://127.0.0.1:8080')).toBe(
    'capstan scan --server http://127.0.0.1:8080',
  )
})

test('each field is an option, and patterns are quoted for the shell', () => {
  const command = formatScanCommand(
    {
      include: ['*.velero.io'],
      exclude: ['events'],
      mode: 'full',
      curated: false,
      budget: { maxCostUsd: 2, maxFailures: 5 },
      priority: 'low',
      onConflict: 'reject',
      execution: 'batch',
    },
    'https://c.example/capstan',
  )
  expect(command).toBe(
    "capstan scan '*.velero.io' --exclude events --priority low --on-conflict reject --max-cost 2 --max-failures 5 --full --batch --no-curated --server https://c.example/capstan",
  )
})
