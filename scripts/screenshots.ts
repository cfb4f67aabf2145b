// npm run screenshots [-- FOLDER]: takes a picture of every page in every state, for review.
// It starts a temporary shop with its own database and sandbox.
import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { seedCatalog } from '../src/catalog/seed.js'
import { projectRoot } from '../src/config.js'
import { openChromium } from '../tests/support/chromium/chromium.js'
import { addPlainProducts } from '../tests/support/plain-catalog.js'
import { adminTour } from '../tests/browser/admin-tour.js'
import { afterPayment, delivery, guests, mails, tours, type ShopOnTour } from '../tests/browser/tour.js'
import { inTemporaryShop } from './temporary-shop.js'

const SIZES = {
  phone: { width: 390, height: 844 },
  tablet: { width: 768, height: 1024 },
  desktop: { width: 1280, height: 800 },
}
const SCHEMES = ['light', 'dark'] as const

const README_PICTURE = path.join(projectRoot, 'docs', 'images', 'shop.png')

const folder = path.resolve(process.argv[2] ?? mkdtempSync(path.join(tmpdir(), 'till-screenshots-')))
mkdirSync(folder, { recursive: true })
mkdirSync(path.dirname(README_PICTURE), { recursive: true })

await inTemporaryShop(addPlainProducts, takePictures)
await inTemporaryShop(seedCatalog, takeReadmePicture)
console.log(
  `Wrote the screenshots to ${folder}, and the README's to ${path.relative(projectRoot, README_PICTURE)}.`,
)

async function takePictures(shop: ShopOnTour): Promise<void> {
  const browser = await openChromium()
  try {
    let count = 0
    for (const tour of [...tours, delivery, guests, afterPayment, mails, adminTour]) {
      const context = await browser.newContext({ viewport: SIZES.desktop, reducedMotion: 'reduce' })
      const page = await context.newPage()
      await tour(page, shop, async (name) => {
        count += 1
        await picturesOf(page, `${String(count).padStart(2, '0')}-${name}`)
      })
      await context.close()
    }
  } finally {
    await browser.close()
  }
}

async function takeReadmePicture({ url }: ShopOnTour): Promise<void> {
  const browser = await openChromium()
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 830 } })
    await page.goto(`${url}/pricing`)
    await page.screenshot({ path: README_PICTURE })
  } finally {
    await browser.close()
  }
}

async function picturesOf(page: Page, name: string): Promise<void> {
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport)
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme })
      const file = path.join(folder, `${name}.${size}.${colorScheme}.png`)
      // Long pages take a while on a busy machine.
      await page.screenshot({ path: file, fullPage: true, timeout: 180_000 })
    }
  }
  await page.emulateMedia({ colorScheme: 'light' })
}
