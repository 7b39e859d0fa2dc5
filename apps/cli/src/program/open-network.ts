import { readNetworkSettings } from '@capstan/shared/config/network-settings'
import { useProxies } from '@capstan/shared/http/use-proxies'

/** Applies the user's proxy settings to all requests of this process. Throws ConfigError for invalid settings. */
export async function openNetwork(environment: Record<string, string | undefined>): Promise<void> {
  await useProxies(readNetworkSettings(environment))
}
