import { readNetworkSettings } from '@capstan/shared/config/network-settings'
import { useProxies } from '@capstan/shared/http/use-proxies'

/** Lets all requests of this process take the user's proxies. ConfigError for settings that cannot be used. */
export async function openNetwork(environment: Record<string, string | undefined>): Promise<void> {
  await useProxies(readNetworkSettings(environment))
}
