// Reads a Dockerfile, and does what its COPY and RUN lines say in plain folders, where there is no Docker.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

export interface Instruction {
  verb: string
  /** What follows the verb. */
  rest: string
}

interface Stage {
  name: string
  instructions: Instruction[]
}

export interface Image {
  /** The folder that the image's WORKDIR stands for. */
  folder: string
  environment: Record<string, string>
  command: string[]
  healthCheck: string[]
  user: string
  stopSignal: string
}

export function readDockerfile(file: string): Stage[] {
  const lines = readFileSync(file, 'utf8')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
  const stages: Stage[] = []
  for (const line of lines) {
    const [, verb = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? []
    if (verb === 'FROM') stages.push({ name: / AS (\w+)$/.exec(rest)?.[1] ?? 'image', instructions: [] })
    else stages.at(-1)?.instructions.push({ verb, rest })
  }
  return stages
}

/**
 * Builds each stage in a folder of its own below `folder`.
 * @param context the folder that is built, of which only `files` are taken
 */
export function buildIn(
  folder: string,
  stages: readonly Stage[],
  context: string,
  files: readonly string[],
): Image {
  const image: Image = { folder, environment: {}, command: [], healthCheck: [], user: '', stopSignal: '' }
  for (const { name, instructions } of stages) {
    const root = path.join(folder, name)
    let work = root
    for (const { verb, rest } of instructions) {
      switch (verb) {
        case 'WORKDIR':
          work = path.join(root, rest)
          mkdirSync(work, { recursive: true })
          break
        case 'COPY':
          copy(rest, work, folder, context, files)
          break
        case 'RUN':
          execFileSync('sh', ['-c', rest], {
            cwd: work,
            stdio: ['ignore', 'ignore', 'pipe'],
            env: { PATH: process.env.PATH, HOME: process.env.HOME, npm_config_prefer_offline: 'true' },
          })
          break
        case 'ENV':
          image.environment[rest.split('=', 1)[0] ?? ''] = rest.slice(rest.indexOf('=') + 1)
          break
        case 'CMD':
          image.command = JSON.parse(rest) as string[]
          break
        case 'HEALTHCHECK':
          image.healthCheck = JSON.parse(rest.slice(rest.indexOf('['))) as string[]
          break
        case 'USER':
          image.user = rest
          break
        case 'STOPSIGNAL':
          image.stopSignal = rest
          break
        case 'EXPOSE':
          break
        default:
          throw new Error(`This can't do what ${verb} ${rest} says.`)
      }
    }
    image.folder = work
  }
  return image
}

function copy(rest: string, work: string, folder: string, context: string, files: readonly string[]): void {
  const words = rest.split(/\s+/)
  const from = words[0]?.startsWith('--from=') ? words.shift()?.slice('--from='.length) : undefined
  const target = path.join(work, words.pop() ?? '')
  for (const source of words) {
    if (from !== undefined) {
      // As Docker does, the content of a folder.
      cpSync(path.join(folder, from, source), target, { recursive: true, verbatimSymlinks: true })
      continue
    }
    const wanted = files.filter((file) => file === source || file.startsWith(`${source}/`))
    if (wanted.length === 0) throw new Error(`There is no ${source} to copy.`)
    for (const file of wanted) {
      const inside = file === source ? path.basename(file) : path.relative(source, file)
      cpSync(path.join(context, file), path.join(target, inside))
    }
  }
}
