// Processes and servers that are killed, and the files they leave.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { answers, query } from './support/queries.js'
import { AS_ROOT, QUICK, useWorkspace } from './support/workspace.js'

const place = useWorkspace()

describe('kill -9', () => {
  test('of a process: the next one joins its server', async () => {
    place.copyDatabase()
    const killed = await place.startChild()
    const pid = place.serverPid()
    await query(killed.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
    await killed.kill()
    expect(await answers(killed.url)).toBe(true)
    const next = await place.start()
    expect(next).toMatchObject({ url: killed.url, started: false })
    expect(place.serverPid()).toBe(pid)
    expect(await query(next.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
    await next.stop()
    expect(existsSync(place.file('postmaster.pid'))).toBe(false)
  })

  test('of a process and its server: the next one recovers what was committed', async () => {
    place.copyDatabase()
    const killed = await place.startChild()
    await query(killed.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
    const pid = place.serverPid()
    await killed.kill()
    process.kill(pid, 'SIGKILL')
    const next = await place.start()
    expect(next).toMatchObject({ url: killed.url, started: true })
    expect(await query(next.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
    await next.stop()
  })

  test('of the server alone: it is started again at the same address', async () => {
    place.copyDatabase()
    const log = vi.fn()
    const { url, stop } = await place.start({ log })
    await query(url, 'CREATE TABLE kept AS SELECT 42 AS answer')
    const pid = place.serverPid()
    process.kill(pid, 'SIGKILL')
    await expect.poll(() => answers(url), QUICK).toBe(true)
    expect(place.serverPid()).not.toBe(pid)
    expect(await query(url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
    expect(log).toHaveBeenCalledWith('PostgreSQL ended unexpectedly; starting it again.')
    await stop()
    expect(existsSync(place.file('postmaster.pid'))).toBe(false)
  })

  test('of the server with a query in it: the next one waits until the query notices', async () => {
    place.copyDatabase()
    const killed = await place.startChild()
    const busy = query(
      killed.url,
      'SELECT count(*) FROM generate_series(1, 7000) a, generate_series(1, 7000) b',
    ).catch((error: unknown) => error)
    await expect
      .poll(
        () =>
          query(
            killed.url,
            `SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%generate_series%' AND pid <> pg_backend_pid()`,
          ),
        QUICK,
      )
      .toHaveLength(1)
    const pid = place.serverPid()
    await killed.kill()
    process.kill(pid, 'SIGKILL')
    const next = await place.start()
    expect(next).toMatchObject({ url: killed.url, started: true })
    await busy
    await next.stop()
    expect(readFileSync(place.file('server.log'), 'utf8')).toContain('pre-existing shared memory block')
  })

  test('during the first start: the next one starts afresh', async () => {
    mkdirSync(place.dir)
    const victim = spawn(process.execPath, [place.script, place.dir, '{}'], {
      cwd: '/',
      env: {},
      stdio: 'ignore',
    })
    const exited = once(victim, 'exit')
    await expect.poll(() => readdirSync(place.dir).some((name) => name.includes('.init-')), QUICK).toBe(true)
    victim.kill('SIGKILL')
    await exited
    const next = await place.start()
    expect(next.started).toBe(true)
    expect(await answers(next.url)).toBe(true)
    await next.stop()
  })

  test('during the first start leaves files that the next start removes', async () => {
    const ended = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
    await once(ended, 'exit')
    mkdirSync(path.join(place.dir, `postgres.init-${ended.pid ?? 0}-abcd`, 'base'), { recursive: true })
    const { stop } = await place.start()
    expect(readdirSync(place.dir)).toEqual(['postgres'])
    await stop()
  })

  test('and what appears after the database was created is removed by a later start', async () => {
    place.copyDatabase()
    const ended = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
    await once(ended, 'exit')
    const draft = path.join(place.dir, `postgres.init-${ended.pid ?? 0}-abcd`)
    mkdirSync(path.join(draft, 'base'), { recursive: true })
    writeFileSync(`${draft}.password`, 'of no database')
    const { stop } = await place.start()
    expect(readdirSync(place.dir)).toEqual(['postgres'])
    await stop()
  })
})

describe('a postmaster.pid that outlived its server', () => {
  /** As after a power cut: the file is there, the server is not. */
  async function leaveStale(pid: number): Promise<string> {
    place.copyDatabase()
    const killed = await place.startChild()
    const dead = place.serverPid()
    await killed.kill()
    process.kill(dead, 'SIGKILL')
    const text = readFileSync(place.file('postmaster.pid'), 'utf8')
    writeFileSync(place.file('postmaster.pid'), text.replace(String(dead), String(pid)))
    return killed.url
  }

  test('and names a process that has ended', async () => {
    const ended = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
    await once(ended, 'exit')
    const url = await leaveStale(ended.pid ?? 0)
    const next = await place.start()
    expect(next).toMatchObject({ url, started: true })
    await next.stop()
  })

  test('and names another program of the same user', async () => {
    // PostgreSQL itself takes a process of the server's user for the server.
    const user = AS_ROOT ? { uid: 65534, gid: 65534 } : {}
    const other = spawn('/bin/sleep', ['600'], { cwd: '/', stdio: 'ignore', ...user })
    const url = await leaveStale(other.pid ?? 0)
    const next = await place.start()
    expect(next).toMatchObject({ url, started: true })
    expect(place.serverPid()).not.toBe(other.pid)
    await next.stop()
    expect(other.exitCode).toBeNull()
    other.kill()
  })

  test('and is found by several processes at once', async () => {
    const url = await leaveStale(process.pid)
    const children = await Promise.all([place.startChild(), place.startChild(), place.startChild()])
    expect(children.map((each) => each.url)).toEqual([url, url, url])
    expect(children.filter((each) => each.started)).toHaveLength(1)
    await Promise.all(children.map((each) => each.stop()))
  })

  test('and is empty', async () => {
    await leaveStale(0)
    writeFileSync(place.file('postmaster.pid'), '')
    const next = await place.start()
    expect(next.started).toBe(true)
    await next.stop()
  })
})
