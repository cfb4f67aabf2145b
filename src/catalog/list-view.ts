// Builds the model of the product list's page.
import { pageLinks } from '../http/paging.js'
import type { Category } from '../generated/prisma/client.js'
import { t } from '../messages/index.js'
import { translatedName } from '../messages/translated.js'
import { formatMoney, nameOfCurrency } from '../money.js'
import type { Settings } from '../settings/settings.js'
import { foundList, type Site } from './found.js'
import { listHref, shortDecimal, unfiltered, type ListQuery } from './list-query.js'
import { isFiltered, optionParts, type OptionChoice, type ProductFilter } from './product-filter.js'
import { isSameText, productCard, SORTS, type ProductResult } from './products.js'
import type { ProductWithVariants } from './variants.js'
import type { CatalogList, ListFilters } from './view-models.js'

export interface ListParts {
  result: ProductResult
  categories: readonly Category[]
  choices: readonly OptionChoice[]
  /** For a list without products. */
  popular: readonly ProductWithVariants[]
  added: number | null
  site: Site
  settings: Settings
}

export function listView(
  query: ListQuery,
  { result, categories, choices, popular, added, site, settings }: ListParts,
): CatalogList {
  const texts = t().catalog
  const { search, category, filter, sort } = query
  const { total, isMore, pages, corrected } = result
  const to = (change: Partial<ListQuery>) => listHref({ ...query, page: 1, ...change })
  const named = categories.find(({ name }) => isSameText(name, category))
  return {
    heading: search ? texts.resultsFor(search) : category && named ? translatedName(named) : texts.heading,
    found: foundList(site, settings, {
      href: listHref(query),
      category: named ?? null,
      isOneOfMany: search !== '' || isFiltered(filter) || sort !== 'newest' || total === 0,
    }),
    products: result.products.map(productCard),
    count: isMore ? texts.countMore(total) : texts.count(total),
    search,
    corrected: corrected === null ? null : texts.corrected(search, corrected),
    categories: [
      { label: texts.all, href: to({ category: '' }), active: category === '' },
      ...categories.map((each) => ({
        label: translatedName(each),
        href: to({ category: each.name }),
        active: isSameText(each.name, category),
      })),
    ],
    sorts: SORTS.filter((value) => value !== 'best' || search !== '').map((value) => ({
      value,
      label: texts.sorts[value],
      isChosen: value === sort,
    })),
    filters: filtersView(filter, choices),
    applied: appliedFilters(filter, choices).map(({ label, without }) => ({
      label,
      href: to({ filter: without }),
    })),
    keep: [
      ...(search ? [{ name: 'q', value: search }] : []),
      ...(category ? [{ name: 'category', value: category }] : []),
    ],
    href: listHref(query),
    resetHref: listHref(unfiltered(query)),
    added,
    popular: popular.map(productCard),
    ...pageLinks(query.page, pages, (page) => to({ page })),
  }
}

function filtersView(filter: ProductFilter, choices: readonly OptionChoice[]): ListFilters {
  const { least, most, currency, inStock, options } = filter
  const isChosen = (value: string) => options.includes(value)
  return {
    least: least === null ? '' : shortDecimal(least, currency),
    most: most === null ? '' : shortDecimal(most, currency),
    currencyName: nameOfCurrency(currency),
    inStock,
    options: choices.map(({ name, label, values }) => ({
      name: label,
      values: values.map((one) => {
        const value = `${name}: ${one.value}`
        return { value, label: one.label, isChosen: isChosen(value) }
      }),
    })),
  }
}

function appliedFilters(
  filter: ProductFilter,
  choices: readonly OptionChoice[],
): { label: string; without: ProductFilter }[] {
  const texts = t().catalog
  const { least, most, currency, inStock, options } = filter
  return [
    ...(least === null
      ? []
      : [{ label: texts.priceAtLeast(formatMoney(least, currency)), without: { ...filter, least: null } }]),
    ...(most === null
      ? []
      : [{ label: texts.priceAtMost(formatMoney(most, currency)), without: { ...filter, most: null } }]),
    ...(inStock ? [{ label: texts.inStock, without: { ...filter, inStock: false } }] : []),
    ...options.map((option) => ({
      label: labelOf(option, choices),
      without: { ...filter, options: options.filter((other) => other !== option) },
    })),
  ]
}

function labelOf(option: string, choices: readonly OptionChoice[]): string {
  const { name, value } = optionParts(option)
  const choice = choices.find((one) => one.name === name)
  return choice?.values.find((one) => one.value === value)?.label ?? value
}
