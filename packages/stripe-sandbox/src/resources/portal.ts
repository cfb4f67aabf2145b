// API operations for the customer portal: configurations and sessions.
import type Stripe from 'stripe'
import { invalidRequest, missingParameter, noSuch, notFound } from '../api/errors.js'
import { hasValues, listPage } from '../api/lists.js'
import { mergeMetadata } from '../api/metadata.js'
import { operation } from '../api/operation.js'
import type { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import { inKeyOrder } from '../state/key-order.js'
import type { Checked, PortalConfiguration } from '../wire.js'
import { previousValues } from './previous-values.js'
import { refuseAllBut, refuseUnsupported } from './unsupported-parameters.js'
import { checkUrl } from './urls.js'

type CreateParams = Checked<Stripe.BillingPortal.ConfigurationCreateParams>
type UpdateParams = Checked<Stripe.BillingPortal.ConfigurationUpdateParams>

/** Features that the sandbox's portal page does not have. */
const UNSUPPORTED_PARAMETERS = [
  'features.customer_update',
  'features.subscription_pause',
  'features.subscription_update',
  'features.subscription_cancel.cancellation_reason',
  'features.subscription_cancel.proration_behavior',
  'login_page',
]

export const portalOperations = [
  operation<Stripe.BillingPortal.ConfigurationCreateParams>(
    'POST /v1/billing_portal/configurations',
    ({ account }, params) => {
      refuseUnsupported(params, UNSUPPORTED_PARAMETERS)
      const configuration = saveConfiguration(account, params, false)
      account.emit('billing_portal.configuration.created', configuration)
      return configuration
    },
  ),

  operation<Stripe.BillingPortal.ConfigurationListParams>(
    'GET /v1/billing_portal/configurations',
    (call, params) => {
      const { active, is_default } = params
      return listPage(
        call,
        'billing_portal.configuration',
        call.account.all('billing_portal.configuration'),
        params,
        (configuration) => hasValues(configuration, { active, is_default }),
      )
    },
  ),

  operation('GET /v1/billing_portal/configurations/{configuration}', ({ account, id }) =>
    requireConfiguration(account, id),
  ),

  operation<Stripe.BillingPortal.ConfigurationUpdateParams>(
    'POST /v1/billing_portal/configurations/{configuration}',
    ({ account, id }, params) => {
      refuseUnsupported(params, UNSUPPORTED_PARAMETERS)
      const before = requireConfiguration(account, id)
      const updated = account.update('billing_portal.configuration', id, {
        ...configurationFields(params, before),
        active: params.active ?? before.active,
        metadata: mergeMetadata(before.metadata ?? {}, params.metadata),
        updated: account.now(),
      })
      account.emit('billing_portal.configuration.updated', updated, previousValues(before, updated))
      return updated
    },
  ),

  operation<Stripe.BillingPortal.SessionCreateParams>(
    'POST /v1/billing_portal/sessions',
    ({ account }, params) => {
      refuseAllBut(params, ['configuration', 'customer', 'locale', 'return_url'])
      if (params.customer === undefined) throw missingParameter('customer')
      if (!account.find('customer', params.customer)) throw noSuch('customer', params.customer, 'customer')
      const configuration = configurationFor(account, params.configuration)
      const session = account.save(
        'billing_portal.session',
        inKeyOrder({
          id: newId('billing_portal.session'),
          object: 'billing_portal.session',
          configuration: configuration.id,
          created: account.now(),
          customer: params.customer,
          customer_account: null,
          flow: null,
          livemode: false,
          locale: params.locale ?? null,
          on_behalf_of: null,
          return_url:
            params.return_url === undefined
              ? configuration.default_return_url
              : checkUrl(params.return_url, 'return_url'),
          url: '',
        }),
      )
      account.emit('billing_portal.session.created', session)
      return session
    },
  ),
]

/** The configuration with this id, or the default one, which is created when it is first needed. */
function configurationFor(account: Account, id: string | undefined): PortalConfiguration {
  if (id !== undefined) {
    const named = account.find('billing_portal.configuration', id)
    if (!named) throw noSuch('billing_portal.configuration', id, 'configuration')
    if (!named.active) throw invalidRequest('This portal configuration is not active.', 'configuration')
    return named
  }
  for (const known of account.all('billing_portal.configuration').oldestFirst())
    if (known.is_default) return known
  const enabled = { enabled: true }
  return saveConfiguration(
    account,
    {
      features: {
        invoice_history: enabled,
        payment_method_update: enabled,
        subscription_cancel: enabled,
      },
    },
    true,
  )
}

function saveConfiguration(account: Account, params: CreateParams, isDefault: boolean): PortalConfiguration {
  const now = account.now()
  const blank: PortalConfiguration = {
    id: newId('billing_portal.configuration'),
    object: 'billing_portal.configuration',
    active: true,
    application: null,
    business_profile: { headline: null, privacy_policy_url: null, terms_of_service_url: null },
    created: now,
    default_return_url: null,
    features: {
      customer_update: { allowed_updates: [], enabled: false },
      invoice_history: { enabled: false },
      payment_method_update: { enabled: false, payment_method_configuration: null },
      subscription_cancel: {
        cancellation_reason: { enabled: false, feedback_options: null, options: [] },
        enabled: false,
        mode: 'at_period_end',
        proration_behavior: 'none',
      },
      subscription_pause: { duration: { interval_options: [], type: 'indefinite' }, enabled: false },
      subscription_update: {
        billing_cycle_anchor: null,
        default_allowed_updates: [],
        enabled: false,
        proration_behavior: 'none',
        schedule_at_period_end: { conditions: [] },
        trial_update_behavior: 'end_trial',
      },
    },
    is_default: isDefault,
    livemode: false,
    login_page: { enabled: false, url: null },
    metadata: mergeMetadata({}, params.metadata),
    name: null,
    updated: now,
  }
  return account.save('billing_portal.configuration', { ...blank, ...configurationFields(params, blank) })
}

function configurationFields(
  params: CreateParams | UpdateParams,
  before: PortalConfiguration,
): Partial<PortalConfiguration> {
  const { business_profile: profile, default_return_url: back, features, name } = params
  const {
    invoice_history: history,
    payment_method_update: method,
    subscription_cancel: cancel,
  } = features ?? {}
  return {
    business_profile: profile
      ? {
          headline:
            profile.headline === undefined ? before.business_profile.headline : profile.headline || null,
          privacy_policy_url: profile.privacy_policy_url || before.business_profile.privacy_policy_url,
          terms_of_service_url: profile.terms_of_service_url || before.business_profile.terms_of_service_url,
        }
      : before.business_profile,
    default_return_url:
      back === undefined ? before.default_return_url : back ? checkUrl(back, 'default_return_url') : null,
    name: name === undefined ? before.name : name || null,
    features: {
      ...before.features,
      invoice_history: history ?? before.features.invoice_history,
      payment_method_update: {
        ...before.features.payment_method_update,
        enabled: method?.enabled ?? before.features.payment_method_update.enabled,
      },
      subscription_cancel: {
        ...before.features.subscription_cancel,
        enabled: cancel?.enabled ?? before.features.subscription_cancel.enabled,
        mode: cancel?.mode ?? before.features.subscription_cancel.mode,
      },
    },
  }
}

function requireConfiguration(account: Account, id: string): PortalConfiguration {
  const configuration = account.find('billing_portal.configuration', id)
  if (!configuration) throw notFound('billing_portal.configuration', id, 'configuration')
  return configuration
}
