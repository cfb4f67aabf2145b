// Stops all processes and deletes all files of the bench, however it ends.
type Step = () => Promise<unknown>

const steps: Step[] = []

/** Runs `step` when the bench ends. Returns a function that runs it earlier. */
export function atTheEnd(step: Step): () => Promise<void> {
  steps.push(step)
  return async () => {
    const index = steps.indexOf(step)
    if (index === -1) return
    steps.splice(index, 1)
    await step()
  }
}

/** Runs the remaining steps, latest first. */
export async function cleanUp(): Promise<void> {
  for (let step = steps.pop(); step; step = steps.pop()) {
    await step().catch((error: unknown) => {
      process.stderr.write(`Could not clean up: ${String(error)}\n`)
      process.exitCode = 1
    })
  }
}

export function cleanUpOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void cleanUp().then(() => process.exit(130)))
  }
}
