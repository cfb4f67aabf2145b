// CPU time and memory of processes, from /proc: https://man7.org/linux/man-pages/man5/proc.5.html
// On other systems than Linux all values are NaN, which the table shows as "–".
import { readdirSync, readFileSync } from 'node:fs'

const TICKS_PER_SECOND = 100

interface Stat {
  pid: number
  parent: number
  cpuSeconds: number
  /** CPU time of children that have exited. */
  endedCpuSeconds: number
}

/** CPU time used by a process and its descendants. */
export function cpuSeconds(root: number): number {
  if (process.platform !== 'linux') return NaN
  const tree = treeOf(root)
  return tree.reduce((sum, stat) => sum + stat.cpuSeconds, tree[0]?.endedCpuSeconds ?? NaN)
}

/** Resident memory of a process, in megabytes. */
export function residentMegabytes(pid: number): number {
  return kilobytes(`/proc/${pid}/status`, /^VmRSS:\s+(\d+) kB/m) / 1024
}

/** Memory of a process and its descendants in megabytes. Shared memory counts once (PSS). */
export function proportionalMegabytes(root: number): number {
  if (process.platform !== 'linux') return NaN
  return treeOf(root).reduce(
    (sum, { pid }) => sum + kilobytes(`/proc/${pid}/smaps_rollup`, /^Pss:\s+(\d+) kB/m) / 1024,
    0,
  )
}

function kilobytes(file: string, pattern: RegExp): number {
  if (process.platform !== 'linux') return NaN
  return Number(pattern.exec(read(file))?.[1] ?? NaN)
}

/** The process and its descendants, the process first. */
function treeOf(root: number): Stat[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(Number(name)))
    .filter((stat) => stat !== null)
  const tree = all.filter((stat) => stat.pid === root)
  for (const { pid } of tree) tree.push(...all.filter((stat) => stat.parent === pid))
  return tree
}

function statOf(pid: number): Stat | null {
  const text = read(`/proc/${pid}/stat`)
  if (text === '') return null
  // The second field is the program's name in parentheses, which can contain spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const field = (number: number) => Number(fields[number - 3])
  return {
    pid,
    parent: field(4),
    cpuSeconds: (field(14) + field(15)) / TICKS_PER_SECOND,
    endedCpuSeconds: (field(16) + field(17)) / TICKS_PER_SECOND,
  }
}

/** Returns '' if the process has exited meanwhile. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
