// The business fields of the pay page: name and tax ID.
import { hasTaxIds, isTaxId, TAX_ID_TYPES } from '../money/tax-ids.js'
import type { SessionDetails } from '../state/records.js'
import type { Session, TaxIdRecord } from '../wire.js'
import type { Problems } from './problems.js'

/** As they were typed. All are empty for a private customer. */
export interface TypedBusiness {
  name: string
  /** One of `TAX_ID_TYPES`, or empty. */
  type: string
  taxId: string
}

/** Reads `business_name`, `tax_id_type` and `tax_id`. */
export function readBusiness(text: (name: string) => string): TypedBusiness {
  const type = text('tax_id_type')
  return {
    name: text('business_name'),
    type: Object.hasOwn(TAX_ID_TYPES, type) ? type : '',
    taxId: text('tax_id').toUpperCase(),
  }
}

/** A business must enter its name and a tax ID. Some sessions require one where the country has them. */
export function businessProblems(typed: TypedBusiness, session: Session, country: string): Problems {
  const required = session.tax_id_collection?.required === 'if_supported' && hasTaxIds(country)
  if (!required && typed.name === '' && typed.taxId === '') return {}
  const problems: Problems = {}
  if (typed.name === '') problems.business_name = 'Enter the name of your business.'
  if (typed.taxId === '') problems.tax_id = 'Enter your tax ID.'
  else if (typed.type === '') problems.tax_id_type = 'Choose the type of your tax ID.'
  else if (!isTaxId(taxIdOf(typed)))
    problems.tax_id = `This tax ID is not valid. Example: ${TAX_ID_TYPES[typed.type]?.example ?? ''}`
  return problems
}

/** Undefined for a private customer. */
export function businessOf(typed: TypedBusiness): SessionDetails['business'] {
  return typed.taxId === '' || typed.type === '' ? undefined : { name: typed.name, taxId: taxIdOf(typed) }
}

/** The types of tax IDs, for a select element. */
export const TAX_ID_OPTIONS = Object.entries(TAX_ID_TYPES).map(([type, { name, example }]) => ({
  type,
  text: `${name} (${example})`,
}))

function taxIdOf({ type, taxId }: TypedBusiness): { type: TaxIdRecord['type']; value: string } {
  return { type: type as TaxIdRecord['type'], value: taxId }
}
