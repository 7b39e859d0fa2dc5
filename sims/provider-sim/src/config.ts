import { z } from 'zod'

/** Settings of the simulator process. The simulated provider is configured in sim-config.ts. */
export const ProviderSimSettings = z.object({
  HOST: z.string().default('127.0.0.1').describe('Address to listen on.'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(0).describe('0 uses any free port.'),
  SIM_PROFILE: z.string().optional().describe('Name of a configuration; `--help` lists them.'),
  SIM_CONFIG: z
    .string()
    .default('{}')
    .describe('Configuration as JSON, or the path of a JSON file. `{}` is fast and unlimited.'),
  SIM_SEED: z.coerce.number().int().optional().describe('Seed of latencies and faults.'),
  SIM_TIME_SCALE: z.coerce
    .number()
    .positive()
    .optional()
    .describe('Simulated seconds per real second.'),
  SIM_LOG: z.string().optional().describe('JSONL file with one line per call.'),
})
