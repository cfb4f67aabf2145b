import { expect, it } from 'vitest'
import { table, time } from '../../src/commands/table.js'

it('columns are as wide as their widest cell, and lines have no trailing spaces', () => {
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

it('a table without rows has a header only', () => {
  expect(table(['id', 'name'], [])).toBe('id  name')
})

it('times are in UTC to the second; no time is an empty cell', () => {
  expect(time(new Date('2026-11-25T18:10:02.999+02:00'))).toBe('2026-11-25 16:10:02')
  expect(time(null)).toBe('')
})
