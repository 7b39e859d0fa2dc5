import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'

/** All spellings of a type in lower case, grouped from unique to ambiguous. */
export interface TypeNames {
  /** `plural.group`: the identity. */
  resource: string
  /**
   * With the group: `kind.group`, `singular.group`, `group/version/kind`, `group/version/plural`, `plural.version.group`.
   */
  full: string[]
  /** Without the group: kind, plural, singular. Several groups can have the same. */
  bare: string[]
  short: string[]
}

export function listTypeNames(type: ResourceType): TypeNames {
  const { group, version, kind, plural, singular, shortNames } = type
  const bare = [kind, plural, ...(singular === '' ? [] : [singular])]
  const isCore = group === ''
  return lowerCase({
    resource: resourceName(type),
    full: isCore
      ? bare.flatMap((name) => [
          `${version}/${name}`,
          `/${version}/${name}`,
          `core/${version}/${name}`,
        ])
      : [
          ...bare.map((name) => `${name}.${group}`),
          ...bare.flatMap((name) => [`${group}/${version}/${name}`, `${group}/${name}`]),
          `${plural}.${version}.${group}`,
        ],
    bare,
    short: shortNames,
  })
}

function lowerCase({ resource, full, bare, short }: TypeNames): TypeNames {
  const lower = (names: string[]): string[] => names.map((name) => name.toLowerCase())
  return {
    resource: resource.toLowerCase(),
    full: lower(full),
    bare: lower(bare),
    short: lower(short),
  }
}
