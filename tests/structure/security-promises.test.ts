// SECURITY.md names a test for each promise: the files must exist and belong to a suite.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { projectRoot } from '../../src/config.js'

const rows = readFileSync(path.join(projectRoot, 'SECURITY.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (promise|---) /.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))

it('SECURITY.md makes promises', () => {
  expect(rows.length).toBeGreaterThan(20)
})

it.each(rows.map(([, promise = '', tests = '']) => [promise, tests]))('%s', (_promise, tests) => {
  const files = [...tests.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file)
  expect(files).not.toEqual([])
  for (const file of files) {
    expect(file).toMatch(/\.(test|browser|production)\.ts$/)
    expect(existsSync(path.join(projectRoot, file)), file).toBe(true)
  }
})
