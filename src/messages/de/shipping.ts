// Delivery, where it is offered and where an order shows it, in German.
import type { Messages } from '../en/index.js'
import { plural } from './plural.js'

export const shipping: Messages['shipping'] = {
  free: 'Kostenlos',
  days: (min, max) =>
    min === max ? `${min} ${plural(min, 'Werktag', 'Werktage')}` : `${min}–${max} Werktage`,
  daysFrom: (min) => `Ab ${min} ${plural(min, 'Werktag', 'Werktagen')}`,
  daysUpTo: (max) => `Bis zu ${max} ${plural(max, 'Werktag', 'Werktage')}`,
}
