// A file of its own: the command line needs it to show help, which loads no command.

/** Which failures of a finished scan set exit code 3. */
export const FAIL_ON_CHOICES = ['any', 'all', 'none'] as const
export type FailOn = (typeof FAIL_ON_CHOICES)[number]
