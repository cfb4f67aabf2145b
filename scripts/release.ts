// Earlier releases, found in the history and built aside: what the bench compares with, and what the upgrade test runs.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, statfs } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Release {
  /** The version, or what was asked for where that was no version. */
  name: string
  commit: string
}

const VERSION = /^\d+\.\d+\.\d+/
const FINAL_VERSION = /^\d+\.\d+\.\d+$/
/** Node's modules, the build, and npm's own temporary files. */
const NEEDED_BYTES = 1_200_000_000

export const repositoryRoot = fileURLToPath(new URL('..', import.meta.url))

/**
 * The commit of a version, which is the last one with that version in package.json, or of anything else that names a
 * commit. Tags are not read: a clone may lack them.
 * @throws Error when the history has no such version or commit
 */
export async function findRelease(name: string, repository = repositoryRoot): Promise<Release> {
  if (!VERSION.test(name)) return { name, commit: await findCommit(name, repository) }
  const releases = await releasesOf(repository)
  const found = releases.find((release) => release.name === name)
  if (found) return found
  const known = releases.map((release) => release.name).filter((version) => FINAL_VERSION.test(version))
  throw new Error(
    `No commit of this branch has version ${name} in package.json (released: ${known.join(', ') || 'none'}).${await shallowHint(repository)}`,
  )
}

/**
 * The highest released version of the history that is not the current one.
 * @throws Error when there is none
 */
export async function previousRelease(repository = repositoryRoot): Promise<Release> {
  const [current, ...earlier] = await releasesOf(repository)
  const [previous] = earlier
    .filter(({ name }) => FINAL_VERSION.test(name) && name !== current?.name)
    .sort((a, b) => b.name.localeCompare(a.name, 'en', { numeric: true }))
  if (previous) return previous
  throw new Error(`No version before ${current?.name} was released.${await shallowHint(repository)}`)
}

/**
 * The release's tree, installed from its own lock file and built by its own script. Cached below
 * node_modules/.cache; an interrupted build is not reused. Two processes that need it at once build one each, and the second to
 * finish discards its own.
 * @returns its folder
 * @throws Error saying which step failed and why
 */
export async function buildRelease(
  release: Release,
  repository = repositoryRoot,
  say: (line: string) => void = console.log,
): Promise<string> {
  const parent = path.join(repository, 'node_modules', '.cache', 'releases')
  const folder = path.join(parent, release.commit)
  if (existsSync(folder)) return folder
  await mkdir(parent, { recursive: true })
  await removeInterrupted(parent)
  await requireSpace(parent, release)
  const building = `${folder}.${process.pid}`
  const step = (what: string, work: Promise<unknown>) =>
    work.catch((cause: unknown) => {
      const why = `${what} failed.\n${(cause as Error).message}`
      throw new Error(`Could not build release ${release.name}: ${why}`, { cause })
    })
  say(`Building release ${release.name} (${release.commit.slice(0, 7)}) aside, once …`)
  try {
    await mkdir(building)
    await step('exporting its files', exportTree(release.commit, repository, building))
    const install = ['ci', '--prefer-offline', '--include=dev', '--no-audit', '--no-fund']
    await step(
      'npm ci (it needs the npm registry, or a warm npm cache)',
      run('npm', install, { cwd: building }),
    )
    await step('npm run build', run('npm', ['run', 'build'], { cwd: building }))
    await rename(building, folder).catch((error: unknown) => {
      // Another process was faster.
      if (!existsSync(folder)) throw error
    })
    return folder
  } finally {
    await rm(building, { recursive: true, force: true })
  }
}

/** Migrates the database and fills its catalog, both by the release's own code. */
export async function seedRelease(folder: string, databaseUrl: string): Promise<void> {
  const { PATH, HOME } = process.env
  await run('npm', ['run', 'seed'], { cwd: folder, env: { PATH, HOME, DATABASE_URL: databaseUrl } })
}

/** Each version that package.json ever had, the newest first, with the last commit that had it. */
async function releasesOf(repository: string): Promise<Release[]> {
  let last = await findCommit('HEAD', repository)
  const changes = await git(repository, 'log', '--format=%H', '-G"version":', '--', 'package.json')
  const releases: Release[] = []
  for (const change of changes.split('\n').filter(Boolean)) {
    const { version } = JSON.parse(await git(repository, 'show', `${change}:package.json`)) as {
      version: string
    }
    if (!releases.some(({ name }) => name === version)) releases.push({ name: version, commit: last })
    last = `${change}^`
  }
  return Promise.all(
    releases.map(async ({ name, commit }) => ({ name, commit: await findCommit(commit, repository) })),
  )
}

async function findCommit(name: string, repository: string): Promise<string> {
  await git(repository, 'rev-parse', '--git-dir').catch((cause: unknown) => {
    throw new Error(`${repository} is not a git repository: releases are found in its history.`, { cause })
  })
  const commit = await git(
    repository,
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${name}^{commit}`,
  ).catch(() => '')
  if (commit === '')
    throw new Error(
      `"${name}" is neither a version nor a commit of this repository.${await shallowHint(repository)}`,
    )
  return commit.trim()
}

async function shallowHint(repository: string): Promise<string> {
  const isShallow = (await git(repository, 'rev-parse', '--is-shallow-repository')).trim() === 'true'
  return isShallow
    ? '\nThis clone is shallow and lacks most of the history: fetch it with "git fetch --unshallow".'
    : ''
}

const git = (repository: string, ...args: string[]) =>
  run('git', args, { cwd: repository }).then((output) => output.toString())

async function exportTree(commit: string, repository: string, folder: string): Promise<void> {
  const archive = await run('git', ['archive', '--format=tar', commit], { cwd: repository })
  await run('tar', ['-x'], { cwd: folder, input: archive })
}

/** Builds whose process is gone: the folder's name ends in its id. */
async function removeInterrupted(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = Number(/\.(\d+)$/.exec(name)?.[1])
    if (Number.isNaN(pid) || isRunning(pid)) continue
    await rm(path.join(parent, name), { recursive: true, force: true, maxRetries: 3 })
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function requireSpace(parent: string, { name }: Release): Promise<void> {
  const { bavail, bsize } = await statfs(parent)
  const free = bavail * bsize
  if (free > NEEDED_BYTES) return
  const megabytes = (bytes: number) => `${Math.round(bytes / 1_000_000)} MB`
  throw new Error(
    `Building release ${name} needs ${megabytes(NEEDED_BYTES)} of disk space, and ${megabytes(free)} are free. ` +
      `Releases that were built before stand in ${parent} and can be deleted.`,
  )
}

interface RunOptions {
  cwd: string
  env?: NodeJS.ProcessEnv
  input?: Buffer
}

/** What the program printed. @throws Error with its last lines when it fails */
function run(
  program: string,
  args: string[],
  { cwd, env = process.env, input }: RunOptions,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: 'pipe' })
    const output: Buffer[] = []
    const words: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => words.push(chunk))
    // A program that ends early says why by its exit code.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    child.once('error', (cause) =>
      reject(new Error(`${program} could not be started: ${cause.message}`, { cause })),
    )
    child.once('close', (code, signal) => {
      if (code === 0) resolve(Buffer.concat(output))
      else {
        const lines = Buffer.concat([...output, ...words])
          .toString()
          .trim()
          .split('\n')
        reject(new Error(`${program} ended with ${code ?? signal}:\n${lines.slice(-15).join('\n')}`))
      }
    })
  })
}
