import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { databaseFault, isDatabaseAway } from '../../src/database/errors.js'

const ofServer = (code: string, severity = 'ERROR') =>
  Object.assign(new pg.DatabaseError('message', 7, 'error'), { code, severity })
const ofSystem = (code: string) => Object.assign(new Error(code), { code, syscall: 'connect', errno: -1 })

describe('the fault of the database behind an error', () => {
  it.each([
    ['away', ofSystem('ECONNREFUSED')],
    ['away', ofSystem('ENETUNREACH')],
    ['away', ofSystem('EAI_AGAIN')],
    ['silent', ofSystem('ETIMEDOUT')],
    ['away', ofServer('57P01', 'FATAL')],
    ['away', ofServer('57P03', 'FATAL')],
    ['read_only', ofServer('25006')],
    ['full', ofServer('53100')],
    ['exhausted', ofServer('53300', 'FATAL')],
    ['exhausted', ofServer('53200')],
    ['refused', ofServer('28P01', 'FATAL')],
    ['refused', ofServer('3D000', 'FATAL')],
    ['slow', ofServer('57014')],
    ['slow', ofServer('55P03')],
    ['pooler', ofServer('08P01', 'FATAL')],
    // Not accepting connections to this database.
    ['away', ofServer('55000', 'FATAL')],
    ['silent', new Error('timeout expired')],
    ['silent', new Error('Connection terminated due to connection timeout')],
    ['busy', new Error('timeout exceeded when trying to connect')],
    ['away', new Error('Connection terminated unexpectedly')],
    ['away', new Error('Client has encountered a connection error and is not queryable')],
    ['away', new AggregateError([ofSystem('ECONNREFUSED'), ofSystem('ECONNREFUSED')])],
  ] as const)('is %s: %s', (fault, error) => {
    expect(databaseFault(error)).toBe(fault)
    expect(databaseFault(new Error('outer', { cause: error }))).toBe(fault)
    const { code, severity, message } = error as pg.DatabaseError
    const inPrisma = {
      code: 'P2010',
      meta: { driverAdapterError: { cause: { originalCode: code, severity, message } } },
    }
    if (code !== undefined) expect(databaseFault(inPrisma)).toBe(fault)
  })

  it('a slow statement does not mean that the database is away', () => {
    expect(isDatabaseAway(ofServer('57014'))).toBe(false)
    expect(isDatabaseAway(ofServer('53300', 'FATAL'))).toBe(true)
  })

  it.each([
    ofServer('23505'),
    ofServer('42P01'),
    // A mistake of ours, not of a pooler.
    ofServer('08P01'),
    new Error('anything else'),
    Object.assign(new Error('no such file'), { code: 'ENOENT' }),
    null,
    'text',
  ])('is none: %s', (error) => {
    expect(databaseFault(error)).toBeNull()
    expect(isDatabaseAway(error)).toBe(false)
  })
})
