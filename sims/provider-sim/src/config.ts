import { z } from 'zod'

/** Settings of the simulator's process; what it plays is in sim-config.ts. */
export const ProviderSimSettings = z.object({
  HOST: z.string().default('127.0.0.1').describe('Address to listen on.'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(0).describe('0 takes a free port.'),
  SIM_PROFILE: z.string().optional().describe('A named configuration; `--help` lists them.'),
  SIM_CONFIG: z
    .string()
    .default('{}')
    .describe('What it plays: JSON, or the path of a JSON file. `{}` is fast and without limits.'),
  SIM_SEED: z.coerce.number().int().optional().describe('Fixes latencies and faults.'),
  SIM_TIME_SCALE: z.coerce
    .number()
    .positive()
    .optional()
    .describe('Simulated seconds in a real one.'),
  SIM_LOG: z.string().optional().describe('JSONL file that gets one line for each call.'),
})
