// What was started must end, and what was made must go, however the bench ends.
type Step = () => Promise<unknown>

const steps: Step[] = []

/** Does `step` when the bench ends. Returns a function that does it now instead. */
export function atTheEnd(step: Step): () => Promise<void> {
  steps.push(step)
  return async () => {
    const index = steps.indexOf(step)
    if (index === -1) return
    steps.splice(index, 1)
    await step()
  }
}

/** The last that was started ends first. */
export async function cleanUp(): Promise<void> {
  for (let step = steps.pop(); step; step = steps.pop()) {
    await step().catch((error: unknown) => {
      process.stderr.write(`Something is left behind: ${String(error)}\n`)
      process.exitCode = 1
    })
  }
}

export function cleanUpOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void cleanUp().then(() => process.exit(130)))
  }
}
