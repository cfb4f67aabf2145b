// The products that a new shop starts with.
import type { NewProduct } from './new-products.js'

const picture = (name: string) => `/assets/images/products/${name}.svg`

/** Stripe's tax codes: https://docs.stripe.com/tax/tax-codes */
const TAX_CODES = {
  goods: 'txcd_99999999',
  downloads: 'txcd_10000000',
  services: 'txcd_20030000',
}
/** Of everything that is sent by post. */
const GOODS = { currency: 'usd', requiresShipping: true, taxCode: TAX_CODES.goods } as const

export const seedProducts: readonly NewProduct[] = [
  {
    slug: 'stoneware-mug',
    name: 'Stoneware mug',
    summary: 'A thrown mug with a handle for three fingers, for 320 or 450 ml.',
    description:
      'Thrown by one pair of hands, then dipped to a line two fingers from the foot, so the bare clay keeps it from sliding. The glaze is matt and goes darker where it pools.\n\nMeasured to a finger below the rim. Dishwasher and microwave safe. The foot is sanded and will not mark a table.',
    image: picture('stoneware-mug'),
    category: 'Kitchen',
    unitAmount: 2800,
    ...GOODS,
    stock: 64,
    options: ['Color', 'Size'],
    variants: [
      { values: ['Sage', '320 ml'] },
      { values: ['Sage', '450 ml'], unitAmount: 3400, stock: 22 },
      { values: ['Clay', '320 ml'], stock: 4, image: picture('stoneware-mug-clay') },
      { values: ['Clay', '450 ml'], unitAmount: 3400, stock: 0, image: picture('stoneware-mug-clay') },
      { values: ['Ink', '320 ml'], stock: 31, image: picture('stoneware-mug-ink') },
    ],
  },
  {
    slug: 'pivot-desk-lamp',
    name: 'Pivot desk lamp',
    summary: 'Two arms, one shade, and joints that stay where you leave them.',
    description:
      'Powder-coated steel on a cast base of 2.1 kg, so it stands still at full reach (74 cm). The joints are friction washers, not springs: they neither sag nor creak, and a coin tightens them.\n\nTakes an E27 bulb up to 10 W; a warm 2700 K bulb is in the box. Cloth cable, 2.2 m, with a switch in the base.',
    image: picture('pivot-desk-lamp'),
    category: 'Light',
    unitAmount: 15900,
    ...GOODS,
    stock: 18,
    options: ['Color'],
    variants: [
      { values: ['Harbour'] },
      { values: ['Moss'], stock: 9, image: picture('pivot-desk-lamp-moss') },
      { values: ['Brick'], stock: 0, image: picture('pivot-desk-lamp-brick') },
    ],
  },
  {
    slug: 'grid-notebook',
    name: 'A5 grid notebook',
    summary: 'Lies flat, takes fountain ink, and has a 5 mm grid you can ignore.',
    description:
      '192 pages of 90 g paper from a mill that still makes it with a little cotton, sewn in sections of sixteen so that every spread lies flat. The grid is a pale grey that a copier does not see.\n\nCloth cover, numbered pages, two ribbons, and a pocket in the back for receipts.',
    image: picture('grid-notebook'),
    category: 'Paper',
    unitAmount: 1800,
    ...GOODS,
    stock: null,
  },
  {
    slug: 'iron-kettle',
    name: 'Cast-iron kettle',
    summary: 'A 1.1-litre kettle from Morioka, for gas, induction and open fire.',
    description:
      'Cast in sand by a foundry in Morioka and sealed inside by firing, not by enamel. It keeps water hot for half an hour and softens it a little on the way.\n\n1.1 litres, 1.9 kg. Empty it while it is still hot and leave the lid off: the heat that is left dries it.',
    image: picture('iron-kettle'),
    category: 'Kitchen',
    unitAmount: 8800,
    ...GOODS,
    stock: 12,
  },
  {
    slug: 'oak-desk-tray',
    name: 'Oak desk tray',
    summary: 'One board of oak, hollowed out for a phone, keys and the day’s post.',
    description:
      'Cut from a single piece of European oak, so there is no joint to open in winter. The long hollow takes a phone or a pencil; the square one takes keys, clips and coins.\n\n32 × 14 × 2.4 cm, finished with hard wax oil. Cork dots underneath.',
    image: picture('oak-desk-tray'),
    category: 'Desk',
    unitAmount: 4800,
    ...GOODS,
    stock: 40,
  },
  {
    slug: 'santoku-knife',
    name: 'Santoku 165 mm',
    summary: 'A light all-round kitchen knife with a magnolia handle.',
    description:
      'Three layers: a core of white paper steel hardened to 61 HRC between two of soft stainless, so only the edge asks for care. Ground thin behind the edge, and lighter than it looks at 138 g.\n\nSharpened by hand before it leaves. Wipe it dry after use; keep it out of the dishwasher.',
    image: picture('santoku-knife'),
    category: 'Kitchen',
    unitAmount: 9800,
    ...GOODS,
    stock: 3,
  },
  {
    slug: 'brass-ballpoint',
    name: 'Brass ballpoint',
    summary: 'A turned pen that takes the refill every stationer sells.',
    description:
      'Turned from one rod of solid brass, 9 mm across with fine rings where the fingers sit. It is not lacquered: it darkens where you hold it and stays bright where you do not.\n\n138 mm, 41 g. Takes G2 refills; one in blue-black comes with it.',
    image: picture('brass-ballpoint'),
    category: 'Desk',
    unitAmount: 7200,
    ...GOODS,
    stock: 26,
    options: ['Point'],
    variants: [{ values: ['0.5 mm'] }, { values: ['0.7 mm'], stock: 14 }],
  },
  {
    slug: 'pour-over-stand',
    name: 'Pour-over stand',
    summary: 'A walnut stand, a porcelain cone and a jug for two cups of coffee.',
    description:
      'The cone has one large hole and twelve ribs, so the speed is yours and not the filter’s. The arm slides on the steel rod and stops at any height, from an espresso cup to a flask.\n\nJug of borosilicate glass, 500 ml, with marks at 250 and 400. Takes cone filters of size 02; forty are in the box.',
    image: picture('pour-over-stand'),
    category: 'Kitchen',
    unitAmount: 6400,
    ...GOODS,
    stock: 22,
  },
  {
    slug: 'tape-dispenser',
    name: 'Cast tape dispenser',
    summary: 'Heavy enough to tear tape with one hand.',
    description:
      'A kilogram of cast iron under a coat of enamel, so it stays on the desk when you pull. The blade is a strip of stainless steel, held by two screws and turned round when one side is blunt.\n\nTakes rolls of 19 mm with the common 25 mm core. Felt underneath.',
    image: picture('tape-dispenser'),
    category: 'Desk',
    unitAmount: 4200,
    ...GOODS,
    stock: 35,
  },
  {
    slug: 'nesting-bowls',
    name: 'Nest of three bowls',
    summary: 'Three mixing bowls that stand in the place of one.',
    description:
      'Enamelled steel in three sizes: 0.8, 1.7 and 3.2 litres. Each has a lip on one side that pours without dripping and a flat on the other to hook a thumb over.\n\nThey go in the oven to 230 °C, in the freezer and in the dishwasher. A chip is repaired by us, once, free.',
    image: picture('nesting-bowls'),
    category: 'Kitchen',
    unitAmount: 6200,
    ...GOODS,
    stock: 28,
    options: ['Rims'],
    variants: [
      { values: ['Mixed'] },
      { values: ['All blue'], stock: 12, image: picture('nesting-bowls-blue') },
    ],
  },
  {
    slug: 'globe-lamp',
    name: 'Globe table lamp',
    summary: 'A ball of opal glass on a low beech foot, for the evening.',
    description:
      'Mouth-blown opal glass in three layers: the light is even and the bulb is never seen. The foot is beech turned on a lathe, with a dimmer where the thumb finds it.\n\nE14 bulb up to 6 W, included. Cable 1.8 m.',
    image: picture('globe-lamp'),
    category: 'Light',
    unitAmount: 11800,
    ...GOODS,
    stock: 15,
    options: ['Size'],
    variants: [{ values: ['18 cm'] }, { values: ['25 cm'], unitAmount: 14800, stock: 6 }],
  },
  {
    slug: 'cedar-pencils',
    name: 'Box of twelve cedar pencils',
    summary: 'Two hard, eight middling, two soft; incense cedar throughout.',
    description:
      'Hexagonal, sanded and left unpainted but for the end, whose color tells the grade: grey for 2H, green for HB, ochre for 2B. Incense cedar sharpens without splitting, and smells of itself.\n\nTwelve in a sliding box of grey board, with a steel sharpener.',
    image: picture('cedar-pencils'),
    category: 'Paper',
    unitAmount: 1600,
    ...GOODS,
    stock: null,
  },
  {
    slug: 'end-grain-board',
    name: 'End-grain board',
    summary: 'A chopping board of maple blocks that closes over its own cuts.',
    description:
      'Sixty-three blocks of hard maple and walnut, glued with the grain upright, so the edge of a knife goes between the fibres instead of across them. 38 × 26 × 4 cm, 2.9 kg.\n\nOiled three times. Turn it over now and then, and oil it when it looks thirsty.',
    image: picture('end-grain-board'),
    category: 'Kitchen',
    unitAmount: 9600,
    ...GOODS,
    stock: 0,
  },
  {
    slug: 'quiet-clock',
    name: 'Quiet desk clock',
    summary: 'A clock without a tick, with hands you can read across a room.',
    description:
      'The second hand sweeps, so there is nothing to hear. The dial is printed in two greys, with one mark in color at the hour you like to stop working: turn the ring to set it.\n\nAsh case, 12 cm across. One AA cell lasts about eighteen months.',
    image: picture('quiet-clock'),
    category: 'Desk',
    unitAmount: 8900,
    ...GOODS,
    stock: 31,
  },
  {
    slug: 'letter-set',
    name: 'Washi letter set',
    summary: 'Twenty sheets and ten envelopes of mulberry paper.',
    description:
      'Made in Echizen from paper mulberry, with long fibres that you can see against the light and that hold a fold for good. One side is smooth for a pen, the other rough for a brush.\n\nTwenty sheets of 14 × 21 cm, ten lined envelopes, and a guide sheet with lines to lay underneath.',
    image: picture('letter-set'),
    category: 'Paper',
    unitAmount: 1900,
    ...GOODS,
    stock: 80,
  },
  {
    slug: 'salt-cellar',
    name: 'Salt cellar with lid',
    summary: 'A pot for flaky salt that opens with the back of a hand.',
    description:
      'Slip-cast porcelain with an olive-wood lid on a brass pin: push it aside with a wrist when your fingers are wet, and it swings back by its own weight.\n\nHolds 180 g of flaky salt. The pot goes in the dishwasher, the lid does not.',
    image: picture('salt-cellar'),
    category: 'Kitchen',
    unitAmount: 3400,
    ...GOODS,
    stock: null,
  },
  {
    slug: 'paper-lantern-pattern',
    name: 'Paper lantern pattern (PDF)',
    summary: 'A printable pattern for a folded lantern, sent to you by email.',
    description:
      'Eleven pages: four with the pattern in true size, seven with drawings of every fold. Print it on A4 or Letter paper of 120 g; the lantern stands 24 cm tall and takes an LED candle.\n\nThere is nothing to wait for and nothing to carry: you get the file by email.',
    image: picture('paper-lantern-pattern'),
    category: 'Paper',
    unitAmount: 900,
    currency: 'usd',
    stock: null,
    requiresShipping: false,
    taxCode: TAX_CODES.downloads,
  },
  {
    slug: 'glazing-workshop',
    name: 'Glazing workshop',
    summary: 'Three hours at the studio: glaze two mugs and collect them once they are fired.',
    description:
      'Two raw mugs are waiting for you, and six glazes that we know well. We show how to dip, pour and leave a clean foot, then you do it. Tea is included.\n\nAll days from 10 am to 1 pm, for up to eight people. Your order’s number is your ticket.',
    image: picture('glazing-workshop'),
    category: 'Workshops',
    unitAmount: 6500,
    currency: 'usd',
    stock: 8,
    requiresShipping: false,
    taxCode: TAX_CODES.services,
    options: ['Day'],
    variants: [
      { values: ['First Saturday'] },
      { values: ['Second Saturday'], stock: 3 },
      { values: ['First Sunday'], stock: 0 },
    ],
  },
]
