import { describe, expect, it } from 'vitest'
import { filteredList } from '../../src/orders/filtered-list.js'

const labels = { all: 'All', open: 'Open' }
const list = (query: Record<string, unknown>) =>
  filteredList('/account/orders', ['all', 'open'], labels, query)

describe('a filtered list', () => {
  it.each([
    [{}, 'all', 0],
    [{ show: 'open' }, 'open', 0],
    [{ show: 'open', page: '3' }, 'open', 40],
    [{ show: 'lost' }, 'all', 0],
    [{ show: 'constructor' }, 'all', 0],
    [{ show: ['open'] }, 'all', 0],
    [{ page: '0' }, 'all', 0],
  ])('%j shows %s from row %d', (query, filter, skip) => {
    expect(list(query)).toMatchObject({ filter, skip, take: 20 })
  })

  it('page links keep the filter, and filter links go to the first page', () => {
    expect(list({ show: 'open', page: '2' }).links(60)).toEqual({
      filters: [
        { label: 'All', href: '/account/orders', active: false },
        { label: 'Open', href: '/account/orders?show=open', active: true },
      ],
      page: 2,
      pages: 3,
      previousHref: '/account/orders?show=open',
      nextHref: '/account/orders?show=open&page=3',
    })
  })
})
