// Runs a child process that ends when this process is told to, and when npm, which started this process, is gone.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']
const PARENT_CHECK_MS = 250

/**
 * npm passes SIGTERM to the shell between itself and this process. The shell dies of it and passes nothing on, so the
 * only sign here is another parent. Without npm, a changed parent means nothing: the process may run in the background.
 * @returns the exit code; 128 and the signal's number when a signal ended the child
 */
export function runChild(command, args, options) {
  const child = spawn(command, args, options)
  const onSignal = (signal) => child.kill(signal)
  for (const signal of SIGNALS) process.on(signal, onSignal)
  const parent = process.ppid
  const check = setInterval(() => {
    if (process.env.npm_lifecycle_event === undefined || process.ppid === parent) return
    clearInterval(check)
    child.kill('SIGTERM')
  }, PARENT_CHECK_MS)
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal]))
  }).finally(() => {
    clearInterval(check)
    for (const signal of SIGNALS) process.off(signal, onSignal)
  })
  return { child, ended }
}
