// The list of products and the product page.
import { plural } from './plural.js'

export const catalog = {
  tooManySearches: 'Too many searches in a short time. Please wait a minute.',
  shopTitle: 'Shop',
  heading: 'For your desk and kitchen',
  resultsFor: (search: string) => `Results for “${search}”`,
  searchLabel: 'Search products',
  search: 'Search',
  categories: 'Categories',
  all: 'All',
  sortBy: 'Sort by',
  sorts: {
    newest: 'Newest',
    'price-up': 'Price: low to high',
    'price-down': 'Price: high to low',
    name: 'Name',
  },
  count: (products: number) => `${products} ${plural(products, 'product', 'products')}`,
  noResults: (search: string) => `No results for “${search}”`,
  noResultsText: 'Try a shorter word, or browse all products.',
  nothingHere: 'No products here',
  nothingHereText: 'There’s nothing in this category right now.',
  showAll: 'Show all products',

  soldOut: 'Sold out',
  onlyLeft: (units: number) => `Only ${units} left`,
  inStock: 'In stock',

  allProducts: 'All products',
  picture: (name: string) => `${name} (illustration)`,
  soldOutText: 'Currently out of stock.',
  seeInStock: 'See what’s in stock',
  quantity: 'Quantity',
  purchase: 'Purchase',
  addToCart: 'Add to cart',
  details: 'Details',

  cancelled: 'No charge was made.',
  cancelledWithOrder: 'No charge was made. Your order is saved, and you can pay when you’re ready.',
  viewOrder: 'View your order',
}
