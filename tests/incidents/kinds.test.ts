// The operator's guide describes each kind of incident, and no other.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { projectRoot } from '../../src/config.js'
import { INCIDENT_KINDS } from '../../src/incidents/kinds.js'

it('docs/6-when-something-is-wrong.md lists every kind of incident', () => {
  const guide = readFileSync(path.join(projectRoot, 'docs/6-when-something-is-wrong.md'), 'utf8')
  const [, table = ''] = /\| kind \| what happened \|\n(.*?)\n\n/s.exec(guide) ?? []
  const listed = [...table.matchAll(/^ *\| `(\w+)` \|/gm)].map(([, kind]) => kind)
  expect(listed.toSorted()).toEqual(Object.keys(INCIDENT_KINDS).toSorted())
})
