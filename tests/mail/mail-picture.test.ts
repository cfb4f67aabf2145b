import { expect, it } from 'vitest'
import { mailPicture } from '../../src/mail/mail-picture.js'

it.each([
  ['/pictures/0a-800.jpg', 'https://shop.example/pictures/0a-800.jpg'],
  ['https://cdn.example/mug.webp', 'https://cdn.example/mug.webp'],
  [
    '/assets/images/products/stoneware-mug.svg',
    'https://shop.example/assets/images/previews/stoneware-mug.png',
  ],
  ['/assets/images/products/none-such.svg', null],
  ['https://cdn.example/mug.svg?v=2', null],
  ['', null],
])('%s is shown in mails as %s', (image, shown) => {
  expect(mailPicture(image, 'https://shop.example')).toBe(shown)
})
