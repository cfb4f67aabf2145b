// Forms with files: what is read, and what is refused with a sentence.
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import express from 'express'
import { pino } from 'pino'
import request from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerErrors } from '../../src/http/errors.js'
import { requestLog } from '../../src/http/logging.js'
import { readUploads } from '../../src/http/uploads.js'

const LIMITS = { files: 2, bytesPerFile: 1000, bytes: 1500, textBytes: 400 }
let server: Server

beforeAll(async () => {
  const app = express()
  app.use(requestLog(pino({ level: 'silent' })))
  app.post('/api/files', readUploads(LIMITS), (request, response) => {
    const uploads = request.uploads?.map(({ field, name, content }) => [
      field,
      name,
      content?.toString() ?? null,
    ])
    response.json({ uploads, body: request.body as unknown })
  })
  app.use(answerErrors)
  server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => server.close())

const post = () => request(server).post('/api/files')
const file = (bytes: number) => Buffer.alloc(bytes, 'a')

it('reads files and fields', async () => {
  const { body } = await post()
    .field('name', 'Kettle')
    .field('tag', 'one')
    .field('tag', 'two')
    .attach('picture', Buffer.from('pixels'), '../../etc/passwd')
    .expect(200)
  expect(body).toEqual({
    uploads: [['picture', 'passwd', 'pixels']],
    body: { name: 'Kettle', tag: ['one', 'two'] },
  })
})

it('leaves out file fields without a file', async () => {
  const boundary = 'x'
  const form = [
    '--x',
    'Content-Disposition: form-data; name="picture"; filename=""',
    'Content-Type: application/octet-stream',
    '',
    '',
    '--x--',
    '',
  ]
  const { body } = await post().type(`multipart/form-data; boundary=${boundary}`).send(form.join('\r\n'))
  expect(body).toEqual({ uploads: [], body: {} })
})

it('passes forms without files', async () => {
  expect((await post().type('form').send({ name: 'Kettle' }).expect(200)).body).toMatchObject({ uploads: [] })
})

it('a file that is too large is named without its content', async () => {
  const { body } = await post()
    .attach('a', file(1001), 'large.png')
    .attach('b', file(5), 'small.png')
    .expect(200)
  expect(body).toMatchObject({
    uploads: [
      ['a', 'large.png', null],
      ['b', 'small.png', 'aaaaa'],
    ],
  })
})

it('a field named like a method is a field', async () => {
  const { body } = await post().field('__proto__', 'x').field('toString', 'y').expect(200)
  expect(Object.entries((body as { body: object }).body)).toEqual([
    ['__proto__', 'x'],
    ['toString', 'y'],
  ])
})

describe('refuses with a sentence', () => {
  it.each([
    [
      'files that are too large together',
      () => post().attach('a', file(900), 'a').attach('b', file(900), 'b'),
      413,
    ],
    [
      'more files than may be sent',
      () => post().attach('a', file(1), 'a').attach('b', file(1), 'b').attach('c', file(1), 'c'),
      413,
    ],
    ['too much text', () => post().field('a', 'x'.repeat(300)).field('b', 'x'.repeat(300)), 413],
    ['a long field', () => post().field('a', 'x'.repeat(500)), 413],
    ['a null character', () => post().field('a', 'x\0y'), 400],
    ['a form without a boundary', () => post().type('multipart/form-data').send('x'), 400],
    [
      'a form that ends early',
      () => post().type('multipart/form-data; boundary=x').send('--x\r\nContent-'),
      400,
    ],
  ])('%s', async (_what, send, status) => {
    const answer = await send()
    expect(answer.status).toBe(status)
    expect((answer.body as { detail: string }).detail).toMatch(/\.$/)
  })

  it('a body whose length is more than all may have, before it is read', async () => {
    const { port } = server.address() as AddressInfo
    const socket = connect(port, '127.0.0.1')
    socket.write(
      'POST /api/files HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 99999999\r\n\r\n',
    )
    const [answer] = (await once(socket, 'data')) as [Buffer]
    socket.destroy()
    expect(answer.toString()).toContain('413')
  })
})
