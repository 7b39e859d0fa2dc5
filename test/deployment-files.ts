import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import dockerignore from '@balena/dockerignore'
import { DockerfileParser, ModifiableInstruction, type Instruction } from 'dockerfile-ast'
import { parse } from 'yaml'
import { z } from 'zod'

export const ROOT = fileURLToPath(new URL('../', import.meta.url))

export async function readRootFile(path: string): Promise<string> {
  return readFile(`${ROOT}/${path}`, 'utf8')
}

/** Tests whether a path is excluded from the build context of the image. */
export async function readIgnored(): Promise<(path: string) => boolean> {
  // Its type declarations wrongly describe an ES module.
  const ignored = dockerignore.default().add(await readRootFile('.dockerignore'))
  return (path) => ignored.ignores(path)
}

/** Strict, because unknown keys (privileged, container_name, a socket mount) would otherwise go unchecked. */
const Service = z.strictObject({
  image: z.string().optional(),
  build: z.strictObject({ context: z.string(), args: z.record(z.string(), z.string()) }).optional(),
  profiles: z.array(z.string()).default([]),
  command: z.array(z.string()).optional(),
  user: z.string(),
  environment: z.record(z.string(), z.string()).default({}),
  secrets: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  tmpfs: z.array(z.string()),
  ports: z.array(z.string()).default([]),
  networks: z.array(z.string()).default([]),
  network_mode: z.string().optional(),
  extra_hosts: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.string() })).default({}),
  deploy: z.strictObject({ replicas: z.number() }).optional(),
  healthcheck: z
    .strictObject({
      test: z.array(z.string()),
      interval: z.string(),
      timeout: z.string(),
      retries: z.number().optional(),
      start_period: z.string().optional(),
    })
    .optional(),
  restart: z.string(),
  init: z.boolean(),
  read_only: z.boolean(),
  cap_drop: z.array(z.string()),
  security_opt: z.array(z.string()),
  pids_limit: z.number(),
  mem_limit: z.string().optional(),
  stop_grace_period: z.string(),
})
export type Service = z.infer<typeof Service>

const Compose = z.strictObject({
  name: z.string(),
  'x-confined': z.unknown(),
  'x-app': z.unknown(),
  'x-network': z.unknown(),
  services: z.record(z.string(), Service),
  networks: z.record(z.string(), z.strictObject({ internal: z.boolean().default(false) })),
  volumes: z.record(z.string(), z.strictObject({})),
  secrets: z.record(z.string(), z.strictObject({ file: z.string() })),
})
export type Compose = z.infer<typeof Compose>

export async function readCompose(): Promise<Compose> {
  return Compose.parse(parse(await readRootFile('docker-compose.yml'), { merge: true }))
}

/** One FROM instruction and the instructions after it. */
export interface Stage {
  name: string | null
  image: string
  steps: { keyword: string; text: string }[]
}

/** The stages of the Dockerfile in order. The last one becomes the image. */
export async function readStages(): Promise<Stage[]> {
  const dockerfile = DockerfileParser.parse(await readRootFile('Dockerfile'))
  const stages: Stage[] = []
  for (const from of dockerfile.getFROMs()) {
    stages.push({ name: from.getBuildStage(), image: from.getImage() ?? '', steps: [] })
  }
  let current = -1
  for (const instruction of dockerfile.getInstructions()) {
    if (instruction.getKeyword() === 'FROM') current++
    else stages[current]?.steps.push(stepOf(instruction))
  }
  return stages
}

function stepOf(instruction: Instruction): Stage['steps'][number] {
  const flags = instruction instanceof ModifiableInstruction ? instruction.getFlags() : []
  const words = [...flags.map(String), instruction.getRawArgumentsContent() ?? '']
  return { keyword: instruction.getKeyword(), text: words.join(' ') }
}

export function findStage(stages: Stage[], name: string): Stage {
  const stage = stages.find((one) => one.name === name)
  if (!stage) throw new Error(`the Dockerfile has no stage ${name}`)
  return stage
}

/** Finds the only instruction of a kind in a stage. */
export function findOnlyStep({ steps, name }: Stage, keyword: string): string {
  const [first, ...others] = steps.filter((step) => step.keyword === keyword)
  if (!first || others.length > 0) throw new Error(`stage ${name} must have one ${keyword}`)
  return first.text
}

const Command = z.array(z.string())

/** Parses the exec form of an instruction such as CMD or HEALTHCHECK. */
export function parseExecForm(text: string): string[] {
  return Command.parse(JSON.parse(text.slice(text.indexOf('['))))
}

/** Parses the `NAME=value` pairs of ENV instructions. */
export function parseEnv(stage: Stage): Record<string, string> {
  const pairs = stage.steps
    .filter(({ keyword }) => keyword === 'ENV')
    .flatMap(({ text }) => text.split(/\s+/))
    .map((pair): [string, string] => [pair.split('=')[0] ?? '', pair.slice(pair.indexOf('=') + 1)])
  return Object.fromEntries(pairs)
}
