// Delivery, where it is offered and where an order shows it.
import { plural } from './plural.js'

export const shipping = {
  free: 'Free',
  /** @param max the same as `min` for an exact number */
  days: (min: number, max: number) =>
    min === max ? `${min} business ${plural(min, 'day', 'days')}` : `${min}–${max} business days`,
  daysFrom: (min: number) => `From ${min} business ${plural(min, 'day', 'days')}`,
  daysUpTo: (max: number) => `Up to ${max} business ${plural(max, 'day', 'days')}`,
}
