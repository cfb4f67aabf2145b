import { describe, expect, it } from 'vitest'
import { pageCount, pageLinks, pageNumber, rowsOf } from '../../src/http/paging.js'

describe('the page number in a URL', () => {
  it.each([
    ['1', 1],
    ['7', 7],
    ['10000', 10_000],
    ['10001', 1],
    ['0', 1],
    ['-3', 1],
    ['1.5', 1],
    ['two', 1],
    ['', 1],
    [undefined, 1],
    [['2', '3'], 1],
  ])('%j is page %d', (value, page) => {
    expect(pageNumber.parse(value)).toBe(page)
  })
})

it('page 3 of 20 rows each skips 40 rows', () => {
  expect(rowsOf(3, 20)).toEqual({ skip: 40, take: 20 })
})

it.each([
  [0, 1],
  [1, 1],
  [20, 1],
  [21, 2],
])('%d rows make %d pages of 20', (total, pages) => {
  expect(pageCount(total, 20)).toBe(pages)
})

describe('the links to the previous and next page', () => {
  it.each([
    { page: 1, pages: 1, previous: null, next: null },
    { page: 1, pages: 3, previous: null, next: '/2' },
    { page: 2, pages: 3, previous: '/1', next: '/3' },
    { page: 3, pages: 3, previous: '/2', next: null },
    { page: 9, pages: 3, previous: '/3', next: null },
  ])('$page of $pages: $previous and $next', ({ page, pages, previous, next }) => {
    expect(pageLinks(page, pages, (number) => `/${number}`)).toEqual({
      page,
      pages,
      previousHref: previous,
      nextHref: next,
    })
  })
})
