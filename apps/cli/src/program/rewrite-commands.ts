/** Replaces the program name of commands in backticks (`capstan …`) with the one that works for this user. */
export function rewriteCommands(text: string, program: string): string {
  return text.replaceAll(/`capstan(?=[ `])/g, `\`${program}`)
}
