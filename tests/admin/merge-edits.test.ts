// Two operators edit one product.
import { expect, it } from 'vitest'
import { mergeEdits } from '../../src/admin/merge-edits.js'

const base = { name: 'Kettle', summary: 'Iron.', category: 'Kitchen' }

it('what only the other changed is taken over, and told', () => {
  const { values, notes } = mergeEdits(base, base, { ...base, summary: 'Cast iron.' })
  expect(values).toEqual({ ...base, summary: 'Cast iron.' })
  expect(notes).toEqual({ summary: { saved: 'Cast iron.', isReplaced: false } })
})

it('what only I changed stays', () => {
  const { values, notes } = mergeEdits(
    base,
    { ...base, name: 'Tea kettle' },
    { ...base, summary: 'Cast iron.' },
  )
  expect(values).toEqual({ ...base, name: 'Tea kettle', summary: 'Cast iron.' })
  expect(Object.keys(notes)).toEqual(['summary'])
})

it('what both changed stays as I typed it, beside what was saved', () => {
  const { values, notes } = mergeEdits(base, { ...base, name: 'Mine' }, { ...base, name: 'Theirs' })
  expect(values.name).toBe('Mine')
  expect(notes).toEqual({ name: { saved: 'Theirs', isReplaced: true } })
})

it('a text of several lines that a browser sent back is unchanged', () => {
  const opened = { ...base, summary: 'Iron.\nHeavy.' }
  const { values, notes } = mergeEdits(
    opened,
    { ...base, summary: 'Iron.\r\nHeavy.' },
    { ...base, summary: 'Cast iron.' },
  )
  expect(values.summary).toBe('Cast iron.')
  expect(notes).toEqual({ summary: { saved: 'Cast iron.', isReplaced: false } })
})

it('the same change twice is no conflict', () => {
  expect(mergeEdits(base, { ...base, name: 'Same' }, { ...base, name: 'Same' }).notes).toEqual({})
})

it('a field that is new meanwhile is shown as it was saved', () => {
  const current = { ...base, price_7: '12.00' }
  expect(mergeEdits(base, base, current)).toEqual({
    values: current,
    notes: { price_7: { saved: '12.00', isReplaced: false } },
  })
})
