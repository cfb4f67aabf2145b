// Checks the free space of what this machine writes: temporary files, and in development the data folder.
import { stat, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { projectRoot, type Config } from '../config.js'
import { findingsOf, reasonOf, type Finding } from './finding.js'

const { ok, warning, fault } = findingsOf('disk')

const MEBIBYTE = 1024 * 1024
const LOW_BYTES = 1024 * MEBIBYTE
const FULL_BYTES = 64 * MEBIBYTE

/** Its disk usually has the log, too. */
const LOGS = '/var/log'

interface Space {
  /** Tells disks apart. */
  disk: number
  /** In bytes. */
  free: number
}

export async function checkDisk(
  { dataDir, databaseUrl }: Pick<Config, 'dataDir' | 'databaseUrl'>,
  spaceOf: (folder: string) => Promise<Space> = readSpace,
): Promise<Finding[]> {
  const folders = [...(databaseUrl === null ? [dataDir] : []), projectRoot, tmpdir(), LOGS]
  const findings: Finding[] = []
  const seen = new Set<number>()
  for (const folder of folders) {
    const space = await spaceOf(folder).catch((error: unknown) => reasonOf(error))
    if (typeof space === 'string') {
      if (folder !== LOGS)
        findings.push(warning(`${folder} can't be read: ${space}`, 'Make the folder, or correct its rights.'))
    } else if (!seen.has(space.disk)) {
      seen.add(space.disk)
      findings.push(spaceFinding(folder, space.free))
    }
  }
  return findings
}

async function readSpace(folder: string): Promise<Space> {
  const [{ bavail, bsize }, { dev }] = await Promise.all([statfs(folder), stat(folder)])
  return { disk: dev, free: bavail * bsize }
}

function spaceFinding(folder: string, free: number): Finding {
  const found = `The disk of ${folder} has ${free >= LOW_BYTES ? `${(free / 1024 / MEBIBYTE).toFixed(0)} GB` : `${Math.floor(free / MEBIBYTE)} MB`} left.`
  const advice = 'Make room, for example with journalctl --vacuum-size=500M.'
  if (free < FULL_BYTES) return fault(found, advice)
  if (free < LOW_BYTES) return warning(found, advice)
  return ok(found)
}
