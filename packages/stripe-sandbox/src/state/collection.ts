// The records of one kind in one account, in the order they were created.

export class Collection<T> {
  private readonly records = new Map<string, { position: number; value: T }>()
  private readonly order: (string | undefined)[] = []

  get(id: string): T | undefined {
    return this.records.get(id)?.value
  }

  get size(): number {
    return this.records.size
  }

  set(id: string, value: T): void {
    const known = this.records.get(id)
    if (known) {
      known.value = value
      return
    }
    this.records.set(id, { position: this.order.push(id) - 1, value })
  }

  /** Returns what `restore` needs to undo it. */
  delete(id: string): number | undefined {
    const known = this.records.get(id)
    if (!known) return undefined
    this.order[known.position] = undefined
    this.records.delete(id)
    return known.position
  }

  /** Undoes a deletion: the record has its old place again. Not after `closeGaps`. */
  restore(id: string, value: T, position: number): void {
    this.order[position] = id
    this.records.set(id, { position, value })
  }

  /** Forgets the places of deleted records, when most places are theirs. */
  closeGaps(): void {
    if (this.order.length <= 1024 || this.order.length <= 4 * this.records.size) return
    let position = 0
    for (const id of this.order) {
      const record = id === undefined ? undefined : this.records.get(id)
      if (id === undefined || !record) continue
      record.position = position
      this.order[position] = id
      position += 1
    }
    this.order.length = position
  }

  *oldestFirst(): Generator<T> {
    for (const id of this.order) {
      const record = id === undefined ? undefined : this.records.get(id)
      if (record) yield record.value
    }
  }

  /** Newest first, starting after the record `after` if it is given. */
  *newestFirst(after?: string): Generator<T> {
    const start = after === undefined ? this.order.length : (this.records.get(after)?.position ?? 0)
    for (let position = start - 1; position >= 0; position--) {
      const id = this.order[position]
      const record = id === undefined ? undefined : this.records.get(id)
      if (record) yield record.value
    }
  }

  /** Oldest first, starting with the record that was created next after `before`. */
  *newerThan(before: string): Generator<T> {
    const start = (this.records.get(before)?.position ?? this.order.length) + 1
    for (let position = start; position < this.order.length; position++) {
      const id = this.order[position]
      const record = id === undefined ? undefined : this.records.get(id)
      if (record) yield record.value
    }
  }
}
