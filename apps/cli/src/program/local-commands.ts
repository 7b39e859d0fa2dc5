/** A text whose commands in backticks (`capstan …`) are written as they work for this user. */
export function localCommands(text: string, program: string): string {
  return text.replaceAll(/`capstan(?=[ `])/g, `\`${program}`)
}
