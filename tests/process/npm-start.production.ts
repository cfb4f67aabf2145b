// Stopping npm also stops everything that `npm start` has started.
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { removePostgres } from 'dev-postgres'
import { projectRoot } from '../../src/config.js'
import { freePort } from '../support/free-port.js'
import { newDataDir, spawnShop, untilOpen } from '../support/shop-process.js'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** Kills the process after the test if it still runs. */
function killLater(pid: number): void {
  cleanups.push(() => isAlive(pid) && process.kill(pid, 'SIGKILL'))
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

/** The child processes of a process, recursively. */
function descendantsOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .split(' ')
    .filter(Boolean)
    .map(Number)
  return children.flatMap((child) => [child, ...descendantsOf(child)])
}

const commandOf = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')

describe('npm start', () => {
  /** Signals npm alone, as a service manager does, its process group, as Ctrl-C does, or the script between it and the shop. */
  it.each([
    ['SIGTERM', 'npm', 0],
    ['SIGTERM', 'npm', 2],
    ['SIGINT', 'its process group', 2],
    ['SIGKILL', 'its script', 2],
  ] as const)('%s to %s ends the shop with PostgreSQL and %d workers', async (signal, receiver, workers) => {
    const dataDir = newDataDir()
    cleanups.push(async () => {
      await removePostgres(dataDir)
      rmSync(dataDir, { recursive: true, force: true })
    })
    const shop = await spawnShop(dataDir, { WEB_CONCURRENCY: String(workers || 1) }, { npm: true })
    const npm = shop.process.pid ?? 0
    killLater(npm)
    await untilOpen(shop)
    await expect.poll(() => shop.output()).toContain('the shop is open')
    const pids = descendantsOf(npm)
    pids.forEach(killLater)
    const commands = pids.map(commandOf)
    expect(
      commands.filter((command) => command.includes(path.join(projectRoot, 'dist/main.js'))),
    ).toHaveLength(1 + workers)
    expect(commands.join('\n')).toContain('bin/postgres')

    const script = pids.findLast((pid) => commandOf(pid).includes('scripts/start.mjs')) ?? 0
    process.kill({ npm, 'its process group': -npm, 'its script': script }[receiver], signal)
    await shop.ended
    await expect.poll(() => pids.filter(isAlive)).toEqual([])
    for (const url of [shop.url, shop.sandboxUrl]) expect(await isFree(Number(new URL(url).port))).toBe(true)
  })

  it('SIGTERM to npm ends a sandbox that npm run sandbox started', async () => {
    const port = await freePort()
    const npm = spawn('npm', ['run', 'sandbox', '--', '--port', String(port)], {
      cwd: projectRoot,
      stdio: 'ignore',
    })
    const pid = npm.pid ?? 0
    killLater(pid)
    const ended = new Promise((resolve) => npm.once('exit', resolve))
    await expect.poll(() => isFree(port)).toBe(false)
    const pids = descendantsOf(pid)
    pids.forEach(killLater)
    process.kill(pid, 'SIGTERM')
    await ended
    await expect.poll(() => pids.filter(isAlive)).toEqual([])
    expect(await isFree(port)).toBe(true)
  })

  it('SIGTERM during the build stops the compiler', async () => {
    const project = mkdtempSync(path.join(tmpdir(), 'till-build-'))
    cleanups.push(() => rmSync(project, { recursive: true, force: true }))
    const { scripts } = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>
    }
    writeFileSync(path.join(project, 'package.json'), JSON.stringify({ scripts }))
    cpSync(path.join(projectRoot, 'scripts'), path.join(project, 'scripts'), { recursive: true })
    // The first program of the build, replaced by one that never ends.
    const generate = path.join(project, 'node_modules', 'prisma-cli', 'build', 'index.js')
    const pidFile = path.join(project, 'pid')
    mkdirSync(path.dirname(generate), { recursive: true })
    writeFileSync(
      generate,
      `require('fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1000)`,
    )
    const npm = spawn('npm', ['start'], { cwd: project, stdio: 'ignore' })
    killLater(npm.pid ?? 0)
    const ended = new Promise<number | null>((resolve) => npm.once('exit', resolve))
    await expect.poll(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8')).toMatch(/^\d+$/)
    const pid = Number(readFileSync(pidFile, 'utf8'))
    killLater(pid)

    npm.kill('SIGTERM')
    expect(await ended).not.toBe(0)
    await expect.poll(() => isAlive(pid)).toBe(false)
  })
})
