// How the secrets of authenticator apps are kept.
import { expect, it } from 'vitest'
import { openSecret, sealSecret } from '../../src/operators/sealed-secret.js'

it('is encrypted with the first session secret, and opens with each', () => {
  const sealed = sealSecret(['new', 'old'], 7, 'JBSWY3DPEHPK3PXP')
  expect(openSecret(['new'], 7, sealed)).toBe('JBSWY3DPEHPK3PXP')
  expect(openSecret(['old'], 7, sealed)).toBeNull()
  expect(openSecret(['newer', 'new'], 7, sealed)).toBe('JBSWY3DPEHPK3PXP')
})

it('opens for its account only, and not when it was changed', () => {
  const sealed = sealSecret(['secret'], 7, 'JBSWY3DPEHPK3PXP')
  expect(openSecret(['secret'], 8, sealed)).toBeNull()
  for (const changed of ['', 'x', sealed.slice(0, -4), `${sealed.slice(0, 30)}AAAA${sealed.slice(34)}`])
    expect(openSecret(['secret'], 7, changed)).toBeNull()
  expect(sealSecret(['secret'], 7, 'JBSWY3DPEHPK3PXP')).not.toBe(sealed)
})
