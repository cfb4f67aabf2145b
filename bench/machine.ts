// Where it was measured: numbers of two machines, or of a busy one, cannot be compared.
import { open, rm } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg } from 'node:os'
import path from 'node:path'
import { newDataFolder } from './folders.js'
import { median } from './statistics.js'

export async function describeMachine(): Promise<string> {
  const load = loadavg()[0] ?? 0
  const lines = [
    `Node ${process.versions.node}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown processor'}, ${process.platform}`,
    `A write of 8 kB that must reach the disk: ${(await syncMilliseconds()).toFixed(2)} ms (a commit waits for at least one)`,
    `Load before: ${load.toFixed(2)}${load > 0.7 ? ' – SOMETHING ELSE IS RUNNING HERE, and it shows in every number below' : ''}`,
    'Each cell is the median of the rounds (lowest – highest).',
  ]
  return `${lines.join('\n')}\n`
}

/** As PostgreSQL writes its log: over a file that is there already, then fdatasync. */
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
