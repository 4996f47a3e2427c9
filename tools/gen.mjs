// Writes server/gen from the contract (api/openapi/*.yaml, api/errors.yaml): DTOs, JSON codecs, the route table, the
// reasons and the merged openapi.json.
//   node tools/gen.mjs           writes what changed
//   node tools/gen.mjs --check   changes nothing; fails when a committed file is stale
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { codecOf } from './gen/cpp_codec.mjs'
import { headerOf } from './gen/cpp_header.mjs'
import { routesOf } from './gen/cpp_routes.mjs'
import { ContractError, loadModules, loadReasons } from './gen/contract.mjs'
import { mergedDocument, openapiSource } from './gen/openapi.mjs'
import { reasonsHeader, reasonsSource } from './gen/reasons.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

function clangFormat(path, text) {
  for (const tool of ['clang-format-19', 'clang-format']) {
    try {
      return execFileSync(tool, [`--assume-filename=${path}`], { input: text, cwd: root, maxBuffer: 64 << 20 }).toString()
    } catch (error) {
      if (error.code !== 'ENOENT') throw error
    }
  }
  throw new ContractError('clang-format-19 is not installed')
}

// Every generated file, path to text.
function generate() {
  const modules = loadModules(join(root, 'api/openapi'))
  const reasons = loadReasons(join(root, 'api/errors.yaml'))
  const document = mergedDocument(modules, reasons)
  const files = new Map()
  for (const module of modules) {
    files.set(`server/gen/${module.name}.h`, headerOf(module))
    files.set(`server/gen/${module.name}_codec.cpp`, codecOf(module))
    files.set(`server/gen/${module.name}_routes.cpp`, routesOf(module))
  }
  files.set('server/gen/reasons.h', reasonsHeader(reasons))
  files.set('server/gen/reasons.cpp', reasonsSource(reasons))
  files.set('server/gen/openapi.cpp', openapiSource(document))
  for (const [path, text] of files) files.set(path, clangFormat(path, text))
  files.set('server/gen/openapi.json', document)
  return files
}

function main(check) {
  const stale = [...generate()].filter(([path, text]) => {
    const full = join(root, path)
    return !existsSync(full) || readFileSync(full, 'utf8') !== text
  })
  if (!check) stale.forEach(([path, text]) => writeFileSync(join(root, path), text))
  for (const [path] of stale) console.log(check ? `stale: ${path} (run ./luso gen)` : `wrote ${path}`)
  return check && stale.length > 0 ? 1 : 0
}

try {
  process.exitCode = main(process.argv.includes('--check'))
} catch (error) {
  if (!(error instanceof ContractError)) throw error
  console.error(`gen: ${error.message}`)
  process.exitCode = 1
}
