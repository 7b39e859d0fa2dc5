import { z } from 'zod'
import { LogConfig } from '@capstan/shared/config/fragments'

export const ClusterSimConfig = z.object({
  ...LogConfig,
  HOST: z.string().default('127.0.0.1').describe('Address to listen on.'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(0).describe('0 uses any free port.'),
  CLUSTER: z
    .string()
    .default('demo')
    .describe('demo, a cluster list (.json), or a folder of CRD manifests.'),
  ANONYMOUS: z
    .stringbool()
    .default(false)
    .describe('Accepts requests without a token, for handwritten kubeconfigs.'),
  KUBECONFIG_OUT: z
    .string()
    .optional()
    .describe('File for the kubeconfig (mode 0600). Default: standard output.'),
})
