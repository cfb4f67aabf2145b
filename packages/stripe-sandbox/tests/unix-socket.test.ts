// The Unix socket.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { get } from 'node:http'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSandbox } from '../src/index.js'
import { client } from './support/world.js'

let dir: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'sandbox-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function statusBySocket(socketPath: string, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    get({ socketPath, path, headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    }).on('error', reject)
  })
}

function listenOn(path: string): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.end())
    server.listen(path, () => resolve(server))
  })
}

const stop = (server: Server) => new Promise((resolve) => server.close(resolve))

test('the socket is in the state directory, answers like the port, is private, and is removed on close', async () => {
  const sandbox = await createSandbox({ dir })
  const socket = join(dir, 'stripe.sock')
  expect(sandbox.socket).toBe(socket)
  expect(statSync(socket).mode & 0o777).toBe(0o600)
  const authorization = `Bearer ${sandbox.secretKey}`
  const host = 'api.stripe.com'
  expect(await statusBySocket(socket, '/v1/products', { authorization, host })).toBe(200)
  expect(await statusBySocket(socket, '/v1/products', { host })).toBe(401)
  // The pages need the host name of this machine, which browsers send.
  expect(await statusBySocket(socket, '/', { host })).toBe(403)
  await sandbox.close()
  expect(existsSync(socket)).toBe(false)
})

test('a program that knows the directory finds the running sandbox', async () => {
  const file = join(dir, 'connection.json')
  const sandbox = await createSandbox({ dir })
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    url: sandbox.url,
    socket: sandbox.socket,
    secretKey: sandbox.secretKey,
  })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  await sandbox.close()
  expect(existsSync(file)).toBe(false)
})

test('a socket left by a killed sandbox is replaced', async () => {
  const path = join(dir, 'stripe.sock')
  const other = await listenOn(join(dir, 'first.sock'))
  renameSync(join(dir, 'first.sock'), path)
  await stop(other)
  expect(statSync(path).isSocket()).toBe(true)
  const sandbox = await createSandbox({ dir })
  const authorization = `Bearer ${sandbox.secretKey}`
  expect(await statusBySocket(path, '/v1/products', { authorization })).toBe(200)
  await sandbox.close()
})

test('a socket in use, and a file that is not a socket, are not changed; nothing stays open', async () => {
  const used = join(dir, 'used.sock')
  const other = await listenOn(used)
  await expect(createSandbox({ dir, socket: used })).rejects.toThrow('in use by another program')
  await stop(other)
  const file = join(dir, 'notes.txt')
  writeFileSync(file, 'mine')
  await expect(createSandbox({ dir, socket: file })).rejects.toThrow('is not a socket')
  expect(readFileSync(file, 'utf8')).toBe('mine')
  const sandbox = await createSandbox({ dir, socket: used })
  expect(sandbox.socket).toBe(used)
  await sandbox.close()
})

test('a path that is too long is refused if it was given, and otherwise there is no socket', async () => {
  const deep = join(dir, 'a'.repeat(100))
  mkdirSync(deep)
  await expect(createSandbox({ socket: join(deep, 'stripe.sock') })).rejects.toThrow('the system allows')
  const sandbox = await createSandbox({ dir: deep })
  expect(sandbox.socket).toBeNull()
  expect((await client(sandbox, sandbox.secretKey).products.list()).data).toEqual([])
  await sandbox.close()
})
