import { setImmediate as nextTurn } from 'node:timers/promises'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startLoop, type Loop } from '../../src/background/loop.js'

const log = pino({ level: 'silent' })

describe('a loop that fails', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  it('is reported after five minutes, until it succeeds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    const sent: string[] = []
    const watch = {
      failing: (name: string, error: unknown) => Promise.resolve(void sent.push(`${name}: ${String(error)}`)),
      recovered: (name: string) => Promise.resolve(void sent.push(`${name} recovered`)),
    }
    let fault: string | null = null
    // The error is whatever the work throws.
    const work = () => (fault === null ? Promise.resolve(false) : Promise.reject(new Error(fault)))
    const loop = startLoop('test', 60, work, log, watch)
    await vi.advanceTimersByTimeAsync(0)
    // An incident of a process that died.
    expect(sent).toEqual(['test recovered'])
    await vi.advanceTimersByTimeAsync(60_000)
    expect(sent).toHaveLength(1)

    fault = 'broken'
    await vi.advanceTimersByTimeAsync(5 * 60_000)
    expect(sent).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(sent.slice(1)).toEqual(['test: Error: broken'])
    fault = null
    await vi.advanceTimersByTimeAsync(120_000)
    expect(sent.slice(2)).toEqual(['test recovered'])
    await loop.stop()
  })
})

describe('a loop', () => {
  let loop: Loop | undefined
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  })
  afterEach(async () => {
    await loop?.stop()
    vi.useRealTimers()
  })

  /** Starts a loop that runs once a minute. */
  function start(work: () => Promise<boolean>) {
    const spy = vi.fn(work)
    loop = startLoop('test', 60, spy, log)
    return spy
  }

  it('runs immediately, and again after its interval', async () => {
    const work = start(() => Promise.resolve(false))
    await vi.advanceTimersByTimeAsync(0)
    expect(work).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(59_999)
    expect(work).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(work).toHaveBeenCalledTimes(2)
  })

  it('repeats without a pause while there is more work', async () => {
    let left = 5
    const work = start(() => Promise.resolve(--left > 0))
    await nextTurn()
    expect(work).toHaveBeenCalledTimes(5)
  })

  it('continues after an error', async () => {
    const work = start(() => Promise.reject(new Error('of the test')))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(work).toHaveBeenCalledTimes(2)
  })

  it('runs immediately when woken', async () => {
    const work = start(() => Promise.resolve(false))
    await nextTurn()
    loop?.wake()
    await nextTurn()
    expect(work).toHaveBeenCalledTimes(2)
  })

  it('runs again when woken during a run, and never twice at once', async () => {
    let atOnce = 0
    const finish: (() => void)[] = []
    const work = start(async () => {
      expect(++atOnce).toBe(1)
      await new Promise<void>((resolve) => finish.push(resolve))
      atOnce--
      return false
    })
    await nextTurn()
    loop?.wake()
    loop?.wake()
    await nextTurn()
    expect(work).toHaveBeenCalledTimes(1)
    finish.shift()?.()
    await nextTurn()
    expect(work).toHaveBeenCalledTimes(2)
    finish.shift()?.()
  })

  it('stops after the current run', async () => {
    let finish = () => {}
    const work = start(async () => {
      await new Promise<void>((resolve) => (finish = resolve))
      return true
    })
    await nextTurn()
    const stopped = vi.fn()
    const stopping = loop?.stop().then(stopped)
    await nextTurn()
    expect(stopped).not.toHaveBeenCalled()
    finish()
    await stopping
    expect(work).toHaveBeenCalledTimes(1)
  })
})
