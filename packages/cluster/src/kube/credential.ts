/** What proves to an API server who asks. All secret. */
export interface Credential {
  token?: string | undefined
  /** Client certificate and its key, in PEM. */
  certificate?: { cert: string; key: string } | undefined
}

/** Yields the credential to use now. The same object as before while it has not changed. */
export interface CredentialSource {
  /** Throws AppError CLUSTER_MISCONFIGURED, without a word of what was read. */
  read(): Promise<Credential>
  /** Ends what it started. */
  close(): void
}
