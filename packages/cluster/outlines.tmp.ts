import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CrdFacts } from './src/reduce/crd-facts.ts'
import { reduceCrd } from './src/reduce/reduce-crd.ts'
const base = process.argv[2]!
const out: string[] = []
for (const file of readdirSync(base, { recursive: true }) as string[]) {
  if (!file.endsWith('.json')) continue
  let raw: any
  try { raw = JSON.parse(readFileSync(join(base, file), 'utf8')) } catch { continue }
  raw.metadata = { uid: 'u', generation: 1, ...raw.metadata }
  const facts = CrdFacts.safeParse(raw)
  if (!facts.success) { console.error(file, facts.error.issues[0]?.message); continue }
  const { names, group, scope } = facts.data.spec
  const version = facts.data.spec.versions.find((v: any) => v.served)?.name ?? 'v1'
  const type: any = { group, version, kind: (names as any).kind, plural: names.plural, scope, verbs: [], shortNames: (names as any).shortNames ?? [], categories: (names as any).categories ?? [] }
  const d = reduceCrd(facts.data, type, 1500)
  if (d) out.push(JSON.stringify({ g: group, k: type.kind, o: d.outline }))
}
writeFileSync(process.argv[3]!, out.join('\n'))
console.log(out.length)
