// A file system of its own for a database server, which a test can fill. Only root can mount one.
import { execFileSync } from 'node:child_process'
import { chownSync, closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const BLOCK = Buffer.alloc(4096)

export interface SmallDisk {
  /** Where the server's data may be. */
  folder: string
  fill(): void
  free(): void
  unmount(): void
}

/** @returns null, and says so loudly, where nothing can be mounted. @throws Error then, with CI=true */
export function mountSmallDisk(): SmallDisk | null {
  const mount = mkdtempSync(path.join(tmpdir(), 'till-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=400m,mode=755', 'tmpfs', mount], { stdio: 'pipe' })
  } catch (error) {
    rmSync(mount, { recursive: true })
    const loss = 'THE FULL DISK WAS NOT TESTED: only root can mount a small one.'
    if (process.env.CI === 'true') throw new Error(loss, { cause: error })
    console.error(`\n${'!'.repeat(loss.length)}\n${loss}\n${'!'.repeat(loss.length)}\n`)
    return null
  }
  const folder = path.join(mount, 'primary')
  mkdirSync(folder)
  // PostgreSQL refuses to run as root.
  chownSync(folder, 65534, 65534)
  const ballast = path.join(mount, 'ballast')
  return {
    folder,
    fill() {
      const file = openSync(ballast, 'w')
      try {
        // Other programs may write meanwhile, so nobody knows how much is left.
        for (;;) writeSync(file, BLOCK)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      } finally {
        closeSync(file)
      }
    },
    free: () => rmSync(ballast),
    unmount() {
      execFileSync('umount', [mount])
      rmSync(mount, { recursive: true })
    },
  }
}
