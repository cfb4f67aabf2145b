import { expect, it } from 'vitest'
import { table, time } from '../../src/commands/table.js'

it('columns are as wide as their widest cell, and lines end without spaces', () => {
  const rows = [
    ['1', 'a long name', ''],
    ['1000', 'b', 'x'],
  ]
  expect(table(['id', 'name', 'note'], rows).split('\n')).toEqual([
    'id    name         note',
    '1     a long name',
    '1000  b            x',
  ])
})

it('without rows, the head stands alone', () => {
  expect(table(['id', 'name'], [])).toBe('id  name')
})

it('times are UTC, to the second; none is an empty cell', () => {
  expect(time(new Date('2026-11-25T18:10:02.999+02:00'))).toBe('2026-11-25 16:10:02')
  expect(time(null)).toBe('')
})
