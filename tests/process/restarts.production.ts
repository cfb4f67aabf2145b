// Shops that are killed, and shops of several processes.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { untilOpen } from '../support/shop-process.js'
import { buy, signedIn, statuses, useShops } from './shops.js'

const { dataDir, start, stop } = useShops()

it('restarts after kill -9 without losing data, and sells', async () => {
  const folder = dataDir()
  const first = await start(folder)
  await untilOpen(first)
  await buy(first)
  first.process.kill('SIGKILL')
  expect(await first.ended).toBeNull()

  const second = await start(folder)
  await untilOpen(second)
  const shopper = await signedIn(second)
  expect(await statuses(shopper)).toEqual(['paid'])
  await buy(second)
  expect(await stop(second)).toBe(0)
})

it('several processes share the data, and dead workers are replaced', async () => {
  const shop = await start(dataDir(), { WEB_CONCURRENCY: '2' })
  await untilOpen(shop)
  await buy(shop)
  const children = readFileSync(`/proc/${shop.process.pid}/task/${shop.process.pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .map(Number)
  const workers = children.filter((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('dist/main.js'),
  )
  expect(workers).toHaveLength(2)
  for (const worker of workers) process.kill(worker, 'SIGKILL')
  await expect.poll(() => shop.output().match(/another takes its place/g)?.length).toBe(2)
  await untilOpen(shop)
  await buy(shop)
  expect(await stop(shop)).toBe(0)
})
