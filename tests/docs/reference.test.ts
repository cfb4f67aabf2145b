// The tables of the reference have what the code has, and nothing else.
import { describe, expect, it } from 'vitest'
import { COMMANDS, SHOP_COMMANDS } from '../../src/commands/command-table.js'
import { VARIABLES } from '../../src/config.js'
import { SETTINGS } from '../../src/settings/setting-table.js'
import { SUBSCRIBED_TYPES } from '../../src/webhooks/dispatch.js'
import { codeIn, firstCells, rowsBelow } from './markdown.js'
import { wordsOf } from './usage.js'

const PAGE = 'docs/8-reference.md'
const settings = Object.values(SETTINGS).map(({ name }) => name)

describe('the reference', () => {
  it.each([
    ['Variables', VARIABLES],
    ['Settings', settings],
    ['Commands', Object.keys(COMMANDS)],
    ['Events', SUBSCRIBED_TYPES],
  ])('%s', (heading, names) => {
    expect(firstCells(PAGE, heading).sort()).toEqual([...names].sort())
  })

  it.each(Object.entries(SHOP_COMMANDS))('%s has its words', (name, { usage }) => {
    const [, words = ''] =
      rowsBelow(PAGE, 'Commands').find(([first]) => codeIn(first ?? '').includes(name)) ?? []
    expect(codeIn(words).sort()).toEqual(wordsOf(usage).sort())
  })
})
