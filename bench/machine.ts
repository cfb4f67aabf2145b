// Describes the machine: results from different machines, or from a busy one, can't be compared.
import { open, rm } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg } from 'node:os'
import path from 'node:path'
import { newDataFolder } from './folders.js'
import { median } from './statistics.js'

export async function describeMachine(): Promise<string> {
  const load = loadavg()[0] ?? 0
  const lines = [
    `Node ${process.versions.node}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown processor'}, ${process.platform}`,
    `Writing 8 kB to disk with fdatasync: ${(await syncMilliseconds()).toFixed(2)} ms (every commit waits for at least one)`,
    `Load average before: ${load.toFixed(2)}${load > 0.7 ? ' – OTHER PROGRAMS ARE RUNNING, which affects all results' : ''}`,
    'Each cell is the median of the rounds (lowest – highest).',
  ]
  return `${lines.join('\n')}\n`
}

/** Writes as PostgreSQL writes its log: overwrites an existing file, then fdatasync. */
async function syncMilliseconds(): Promise<number> {
  const folder = await newDataFolder()
  const file = path.join(folder.path, 'sync')
  const handle = await open(file, 'w')
  const block = Buffer.alloc(8192, 1)
  const times: number[] = []
  for (let count = 0; count < 40; count++) await handle.write(block, 0, block.length, count * block.length)
  await handle.sync()
  for (let count = 0; count < 40; count++) {
    const began = performance.now()
    await handle.write(block, 0, block.length, count * block.length)
    await handle.datasync()
    times.push(performance.now() - began)
  }
  await handle.close()
  await rm(file)
  await folder.remove()
  return median(times)
}
