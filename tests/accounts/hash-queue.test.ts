import { expect, it } from 'vitest'
import { createHashQueue } from '../../src/accounts/hash-queue.js'

it('runs as many as allowed, lets as many wait as allowed, and refuses the rest at once', async () => {
  const inTurn = createHashQueue(2, 3, () => new Error('full'))
  let running = 0
  let most = 0
  let open = () => {}
  const gate = new Promise<void>((resolve) => (open = resolve))
  const work = async () => {
    most = Math.max(most, ++running)
    await gate
    running--
    return 'done'
  }
  const admitted = Array.from({ length: 5 }, () => inTurn(work))
  await expect(inTurn(work)).rejects.toThrow('full')
  open()
  expect(await Promise.all(admitted)).toEqual(Array(5).fill('done'))
  expect(most).toBe(2)
  expect(await inTurn(work)).toBe('done')
})

it('a failure frees its place', async () => {
  const inTurn = createHashQueue(1, 0, () => new Error('full'))
  await expect(inTurn(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
  expect(await inTurn(() => Promise.resolve('done'))).toBe('done')
})
