/** A part of an example, before it is written as YAML. */
export type ExampleNode =
  | { kind: 'value'; value: unknown }
  | { kind: 'list'; items: ExampleNode[] }
  | {
      kind: 'object'
      members: ExampleMember[]
      /** Lines about members that are left out. */
      optional: string[]
    }

export interface ExampleMember {
  name: string
  /** Lines of plain text. */
  comments: string[]
  node: ExampleNode
}

/** Returns the value that a node stands for. */
export function toValue(node: ExampleNode): unknown {
  switch (node.kind) {
    case 'value':
      return node.value
    case 'list':
      return node.items.map(toValue)
    case 'object':
      // Object.fromEntries defines members, so that one named `__proto__` is a member as well.
      return Object.fromEntries(node.members.map((member) => [member.name, toValue(member.node)]))
  }
}
