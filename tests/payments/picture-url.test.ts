import { expect, it } from 'vitest'
import { pictureUrl } from '../../src/payments/picture-url.js'

const test = { baseUrl: 'http://127.0.0.1:3000', livemode: false }
const live = { baseUrl: 'https://shop.example', livemode: true }

it.each([
  ['/a.svg', test, 'http://127.0.0.1:3000/a.svg'],
  ['/a b.svg', test, 'http://127.0.0.1:3000/a%20b.svg'],
  ['https://cdn.example/a.jpg?w=2', test, 'https://cdn.example/a.jpg?w=2'],
  ['/a.svg', live, 'https://shop.example/a.svg'],
  ['//cdn.example/a.jpg', live, 'https://cdn.example/a.jpg'],
  ['https://cdn.example/a.jpg', live, 'https://cdn.example/a.jpg'],
  // Left out: Stripe would refuse the whole session.
  ['', live, null],
  ['https://', live, null],
  ['data:image/png;base64,AAAA', test, null],
  ['javascript:alert(1)', test, null],
  ['https://user:secret@cdn.example/a.jpg', live, null],
  [`/${'a'.repeat(2048)}.jpg`, test, null],
  ['http://cdn.example/a.jpg', live, null],
  ['https://127.0.0.1/a.jpg', live, null],
  ['https://localhost/a.jpg', live, null],
  ['https://192.168.0.4/a.jpg', live, null],
  ['https://[::1]/a.jpg', live, null],
  ['/a.svg', { ...live, baseUrl: 'http://shop.example' }, null],
])('%s', (image, shop, url) => {
  expect(pictureUrl(image, shop)).toBe(url)
})
