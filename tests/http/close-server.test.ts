// Stopping a server answers what has reached it.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { nextTick } from 'node:process'
import { expect, it } from 'vitest'
import { closeServer } from '../../src/http/close-server.js'

it('a connection that waits to be accepted gets its answer', async () => {
  const server = createServer((_request, response) => response.end('answered'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.write('POST / HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  // Node connects in its next tick. The system then has the connection, and the server has not.
  await new Promise<void>((resolve) => nextTick(resolve))
  const closed = closeServer(server, 30)
  let said = ''
  for await (const part of socket) said += String(part)
  expect(said).toContain('answered')
  await closed
  expect(server.listening).toBe(false)
})
