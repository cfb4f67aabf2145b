// The list of products and the product page.
import { list } from './list.js'
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

  from: (price: string) => `From ${price}`,

  allProducts: 'All products',
  picture: (name: string) => `${name} (illustration)`,
  soldOutText: 'Currently out of stock.',
  seeInStock: 'See what’s in stock',
  chooseOptions: 'Choose options',
  pricesAndStock: 'Prices and availability',
  /** For public/js/options.js. */
  script: { soldOut: 'Sold out', notAvailable: 'Not available' },
  chooseFirstTitle: 'Choose your options',
  chooseFirst: (options: string[]) =>
    options.length === 0
      ? 'Choose which one you would like first.'
      : `Choose your ${list(options.map((option) => option.toLowerCase()))} first.`,
  notOfferedTitle: 'Not available',
  combinationNotOffered: (product: string, values: string) =>
    `“${product}” isn’t sold as ${values}. Choose another combination.`,
  variantNotSold: (product: string) => `That version of “${product}” isn’t sold. Choose another one.`,
  tax: { included: 'Includes tax', added: 'Plus tax, calculated on the payment page' },
  quantity: 'Quantity',
  purchase: 'Purchase',
  addToCart: 'Add to cart',
  details: 'Details',

  cancelled: 'No charge was made.',
  cancelledWithOrder: 'No charge was made. Your order is saved, and you can pay when you’re ready.',
  viewOrder: 'View your order',
}
