// The list of products and the product page.
import { list } from './list.js'
import { plural } from './plural.js'

export const catalog = {
  tooManySearches: 'Too many searches in a short time. Please wait a minute.',
  shopTitle: 'Shop',
  heading: 'For your desk and kitchen',
  resultsFor: (search: string) => `Results for “${search}”`,
  categories: 'Categories',
  all: 'All',
  sortBy: 'Sort by',
  sort: 'Sort',
  sorts: {
    best: 'Best match',
    newest: 'Newest',
    'price-up': 'Price: low to high',
    'price-down': 'Price: high to low',
    name: 'Name',
  },
  count: (products: number) => `${products} ${plural(products, 'product', 'products')}`,
  countMore: (products: number) => `More than ${products.toLocaleString('en-US')} products`,
  filters: 'Filters',
  filtersChosen: (chosen: number) => `${chosen} chosen`,
  priceFrom: 'From',
  priceUpTo: 'Up to',
  priceIn: (currency: string) => `Price in ${currency}`,
  priceAtLeast: (price: string) => `From ${price}`,
  priceAtMost: (price: string) => `Up to ${price}`,
  inStockOnly: 'In stock only',
  showResults: 'Show products',
  clearFilters: 'Clear filters',
  removeFilter: 'Remove filter:',
  corrected: (typed: string, meant: string) =>
    `No results for “${typed}”. Showing results for “${meant}” instead.`,
  noMatch: 'No products match these filters',
  noMatchText: 'Remove a filter to see more.',
  popular: 'Popular products',
  added: (name: string) => `Added “${name}” to your cart.`,
  viewCart: 'View cart',
  noResults: (search: string) => `No results for “${search}”`,
  noResultsText: 'Check the spelling, use fewer words, or browse a category.',
  nothingHere: 'No products here',
  nothingHereText: 'There’s nothing in this category right now.',
  showAll: 'Show all products',

  soldOut: 'Sold out',
  onlyLeft: (units: number) => `Only ${units} left`,
  inStock: 'In stock',

  from: (price: string) => `From ${price}`,

  picture: (name: string) => `${name} (illustration)`,
  soldOutText: 'Currently out of stock.',
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
  fewer: 'One fewer',
  moreUnits: 'One more',
  breadcrumbs: 'You are here',
  gallery: 'Pictures',
  largePicture: (alt: string) => `${alt}, larger`,
  close: 'Close',
  related: 'You may also like',
  specifications: 'Specifications',
  delivery: {
    none: 'No delivery needed',
    shipsTo: (places: string) => `Ships to ${places}`,
    everywhere: 'Ships worldwide',
    countries: (count: number) => `${count} countries`,
    free: 'Free delivery',
    from: (price: string) => `Delivery from ${price}`,
    returns: (days: number) => `Returns within ${days} days`,
  },
  addToCart: 'Add to cart',
  details: 'Details',

  cancelled: 'No charge was made.',
  cancelledWithOrder: 'No charge was made. Your order is saved, and you can pay when you’re ready.',
  viewOrder: 'View your order',
}
