// Finds and builds earlier releases in small repositories: names, concurrent builds, and interrupted ones.
import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { buildRelease, findRelease, previousRelease } from '../../scripts/release.js'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'till-release-'))
  folders.push(folder)
  return folder
}

function git(folder: string, ...args: string[]): string {
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@till.example', '-c', 'commit.gpgsign=false']
  return execFileSync('git', [...who, ...args], { cwd: folder, encoding: 'utf8', stdio: 'pipe' }).trim()
}

/** Slow enough for another process to start in the meantime. */
const BUILD = `node -e "setTimeout(() => require('node:fs').appendFileSync('built', 'once'), 2000)"`

/** Commits a package with this version. @returns the commit */
function commit(folder: string, version: string, scripts = { build: BUILD }, more: object = {}): string {
  const json = { name: 'tiny', version, scripts, ...more }
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(json, null, 2))
  const lock = {
    name: 'tiny',
    version,
    lockfileVersion: 3,
    requires: true,
    packages: { '': json, ...lockOf(more) },
  }
  writeFileSync(path.join(folder, 'package-lock.json'), JSON.stringify(lock))
  git(folder, 'add', '--all')
  git(folder, 'commit', '--quiet', '--allow-empty', '--message', version)
  return git(folder, 'rev-parse', 'HEAD')
}

/** The lock file's entry for the one dependency, at an address where nothing listens. */
function lockOf({ dependencies }: { dependencies?: object }) {
  const resolved = 'http://127.0.0.1:1/left-out-1.0.0.tgz'
  return dependencies ? { 'node_modules/left-out': { version: '1.0.0', resolved } } : {}
}

function newRepository(): string {
  const folder = newFolder()
  git(folder, 'init', '--quiet')
  writeFileSync(path.join(folder, '.gitignore'), 'node_modules\n')
  return folder
}

const silent = () => undefined
const cacheOf = (repository: string) => path.join(repository, 'node_modules', '.cache', 'releases')

describe('finding a release', () => {
  it('takes a version’s last commit; the previous release is the highest released one other than the current', async () => {
    const repository = newRepository()
    commit(repository, '0.9.0')
    const last = commit(repository, '0.9.0')
    commit(repository, '0.10.0-dev')
    const release = commit(repository, '0.10.0')
    expect(await previousRelease(repository)).toEqual({ name: '0.9.0', commit: last })
    const head = commit(repository, '0.11.0-dev')
    expect(await findRelease('0.9.0', repository)).toEqual({ name: '0.9.0', commit: last })
    expect(await findRelease('0.10.0', repository)).toEqual({ name: '0.10.0', commit: release })
    expect(await previousRelease(repository)).toEqual({ name: '0.10.0', commit: release })
    expect(await findRelease('HEAD', repository)).toEqual({ name: 'HEAD', commit: head })
    expect(await findRelease(last.slice(0, 9), repository)).toMatchObject({ commit: last })
    await expect(findRelease('0.8.0', repository)).rejects.toThrow(
      'No commit of this branch has version 0.8.0 in package.json (released: 0.10.0, 0.9.0).',
    )
    await expect(findRelease('no-branch', repository)).rejects.toThrow('neither a version nor a commit')
    await expect(findRelease('--all', repository)).rejects.toThrow('neither a version nor a commit')
  })

  it('says how to fetch the missing history of a shallow clone', async () => {
    const repository = newRepository()
    commit(repository, '0.1.0')
    commit(repository, '0.2.0-dev')
    const clone = path.join(newFolder(), 'clone')
    git(repository, 'clone', '--quiet', '--depth', '1', `file://${repository}`, clone)
    await expect(previousRelease(clone)).rejects.toThrow('git fetch --unshallow')
    await expect(findRelease('0.1.0', clone)).rejects.toThrow('git fetch --unshallow')
    git(clone, 'fetch', '--quiet', '--unshallow')
    expect(await previousRelease(clone)).toMatchObject({ name: '0.1.0' })
  })

  it('requires a git repository', async () => {
    await expect(findRelease('0.1.0', newFolder())).rejects.toThrow('is not a git repository')
  })
})

describe('building a release', () => {
  it('runs once for two processes, and removes the remains of an interrupted build', async () => {
    const repository = newRepository()
    const release = { name: '0.1.0', commit: commit(repository, '0.1.0') }
    commit(repository, '0.2.0-dev')
    // As left by a killed process.
    const { pid: gone } = spawnSync(process.execPath, ['--version'])
    const interrupted = path.join(cacheOf(repository), `${release.commit}.${gone}`)
    mkdirSync(interrupted, { recursive: true })
    const [ours, elsewhere] = await Promise.all([
      buildRelease(release, repository, silent),
      buildElsewhere(release.commit, repository),
    ])
    expect(elsewhere).toContain('Building release')
    expect(ours).toBe(path.join(cacheOf(repository), release.commit))
    expect(readdirSync(cacheOf(repository))).toEqual([release.commit])
    expect(readFileSync(path.join(ours, 'package.json'), 'utf8')).toContain('0.1.0')
    const built = () => readFileSync(path.join(ours, 'built'), 'utf8')
    expect(built()).toBe('once')
    expect(await buildRelease(release, repository, silent)).toBe(ours)
    expect(built()).toBe('once')
  })

  it('names the failing step and its output, and leaves no files', async () => {
    const repository = newRepository()
    const broken = commit(repository, '0.1.0', { build: 'echo no compiler here && exit 3' })
    await expect(buildRelease({ name: '0.1.0', commit: broken }, repository, silent)).rejects.toThrow(
      /npm run build failed\.[^]*no compiler here/,
    )
    const lacking = commit(repository, '0.2.0', undefined, { dependencies: { 'left-out': '1.0.0' } })
    await expect(
      withoutRetries(() => buildRelease({ name: '0.2.0', commit: lacking }, repository, silent)),
    ).rejects.toThrow(/npm ci \(it needs the npm registry, or a warm npm cache\) failed\.[^]*ECONNREFUSED/)
    expect(readdirSync(cacheOf(repository))).toEqual([])
    expect(existsSync(path.join(repository, 'built'))).toBe(false)
  })
})

/** Builds in a separate process. @returns its output */
function buildElsewhere(commit: string, repository: string): Promise<string> {
  const script = fileURLToPath(new URL('build-release-process.ts', import.meta.url))
  const tsx = fileURLToPath(import.meta.resolve('tsx/cli'))
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [tsx, script, commit, repository], (error, output, words) =>
      error ? reject(new Error(words, { cause: error })) : resolve(output),
    )
  })
}

/** Otherwise npm retries for about a minute. */
async function withoutRetries<T>(work: () => Promise<T>): Promise<T> {
  process.env['npm_config_fetch_retries'] = '0'
  return work().finally(() => delete process.env['npm_config_fetch_retries'])
}
