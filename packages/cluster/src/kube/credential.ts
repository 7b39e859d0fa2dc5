/** Credentials for an API server. Every field is secret. */
export interface Credential {
  token?: string | undefined
  /** Client certificate and its key, in PEM. */
  certificate?: { cert: string; key: string } | undefined
}

/** Returns the current credential: the same object while it has not changed. */
export interface CredentialSource {
  /** Throws AppError CLUSTER_MISCONFIGURED, which quotes nothing that was read. */
  read(): Promise<Credential>
  /** Stops a running plugin. */
  close(): void
}
