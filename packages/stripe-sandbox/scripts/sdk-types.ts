// Reads the types of the installed `stripe` package with the TypeScript compiler.
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

/** The types of the installed `stripe` package, looked up by the name a caller would write after `Stripe.`. */
export interface SdkTypes {
  checker: ts.TypeChecker
  type(name: string): ts.Type
}

const ENTRY = fileURLToPath(new URL('./sdk-types-root.ts', import.meta.url))

/** Loads the SDK's declarations once (about two seconds); `names` are all the types that will be asked for. */
export function loadSdkTypes(names: readonly string[]): SdkTypes {
  const members = [...new Set(names)].map((name) => `'${name}': Stripe.${name}`)
  const source = `import type Stripe from 'stripe'\nexport interface Root { ${members.join('; ')} }\n`
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    noEmit: true,
    types: [],
    lib: ['lib.es2023.d.ts'],
  }
  const host = ts.createCompilerHost(options)
  const readSource = host.getSourceFile.bind(host)
  host.getSourceFile = (file, language) =>
    file === ENTRY ? ts.createSourceFile(file, source, language) : readSource(file, language)
  const fileExists = host.fileExists.bind(host)
  host.fileExists = (file) => file === ENTRY || fileExists(file)

  const program = ts.createProgram([ENTRY], options, host)
  const checker = program.getTypeChecker()
  const file = program.getSourceFile(ENTRY)
  const symbol = file && checker.getSymbolAtLocation(file)
  const root = symbol && checker.getExportsOfModule(symbol).find((found) => found.name === 'Root')
  if (!root) throw new Error('the SDK types did not load')
  const rootType = checker.getDeclaredTypeOfSymbol(root)
  return {
    checker,
    type(name) {
      const property = rootType.getProperty(name)
      if (!property) throw new Error(`the type Stripe.${name} was not loaded`)
      const type = checker.getTypeOfSymbol(property)
      if (type.flags & ts.TypeFlags.Any) throw new Error(`the SDK has no type Stripe.${name}`)
      return type
    },
  }
}

/** `OtherString` is the SDK's "or any newer value": it opens every enum, so it is left out of a union here. */
function isOtherString(type: ts.Type): boolean {
  return type.aliasSymbol?.name === 'OtherString' || (type.isIntersection() && type.types.some(isString))
}

/** The SDK turns decimal strings into this class; on the wire they are strings. */
export function isDecimal(type: ts.Type): boolean {
  return type.getSymbol()?.name === 'Decimal' || type.aliasSymbol?.name === 'Decimal'
}

function isString(type: ts.Type): boolean {
  return (type.flags & ts.TypeFlags.String) !== 0
}

/** The members of a union (or the type itself), without `undefined` and `OtherString`. */
export function alternatives(type: ts.Type): ts.Type[] {
  const members = type.isUnion() ? type.types : [type]
  return members.filter(
    (member) => !(member.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void)) && !isOtherString(member),
  )
}
