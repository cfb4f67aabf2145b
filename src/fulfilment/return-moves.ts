// The states of a return and the moves between them: forward only.

export const RETURN_STATES = ['requested', 'accepted', 'received', 'refunded', 'declined'] as const
export type ReturnState = (typeof RETURN_STATES)[number]

const MOVES: Record<ReturnState, readonly ReturnState[]> = {
  requested: ['accepted', 'declined'],
  // Refunded: the shop doesn't want it back. Declined: it never came, or something else did.
  accepted: ['received', 'refunded', 'declined'],
  received: ['refunded', 'declined'],
  refunded: [],
  declined: [],
}

export function canMove(from: ReturnState, to: ReturnState): boolean {
  return MOVES[from].includes(to)
}

export function isReturnState(text: string): text is ReturnState {
  return RETURN_STATES.some((state) => state === text)
}

/**
 * Checks the table. Called when the process starts, so that a contradictory table stops the start.
 * @throws Error naming a state that can't be reached, or a move that leads back
 */
export function checkReturnMoves(moves: Record<ReturnState, readonly ReturnState[]> = MOVES): void {
  const reached = new Set<ReturnState>()
  const follow = (state: ReturnState, path: readonly ReturnState[]) => {
    if (path.includes(state))
      throw new Error(`A return can go back from ${path.at(-1) ?? state} to ${state}.`)
    reached.add(state)
    for (const next of moves[state]) follow(next, [...path, state])
  }
  follow('requested', [])
  const lost = RETURN_STATES.find((state) => !reached.has(state))
  if (lost !== undefined) throw new Error(`No return can become ${lost}.`)
}
