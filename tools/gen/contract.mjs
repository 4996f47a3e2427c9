// Reads the contract into a small model the writers print from. What it does not understand it refuses by name, so
// that nothing in a .yaml file is silently without effect.
import { readFileSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse } from 'yaml'

export class ContractError extends Error {}

const kMethods = ['get', 'post', 'put', 'patch', 'delete']
const kAuths = ['none', 'optional', 'user', 'moderator', 'admin']
const kErrorKinds = ['invalid', 'unauthenticated', 'forbidden', 'not_found', 'conflict', 'too_large', 'precondition',
  'rate_limited', 'timeout', 'unavailable', 'internal']
const kSchemaKeys = new Set(['type', 'format', 'enum', 'minLength', 'maxLength', 'minimum', 'maximum', 'pattern',
  'minItems', 'maxItems', 'items', 'default', 'description', '$ref', 'required', 'properties'])

export const camel = (text) => text.replace(/(^|[_\W])([a-zA-Z0-9])/g, (_, __, letter) => letter.toUpperCase())
export const snake = (text) => text.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/\W/g, '_').toLowerCase()

function requireThat(condition, where, what) {
  if (!condition) throw new ContractError(`${where}: ${what}`)
}

// One module file: { name, file, document, enums, structs, operations }; structs come after what they contain.
export function loadModules(folder) {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml')).sort()
  const modules = files.map((file) => new ModuleReader(join(folder, file)).read())
  const owners = new Map()
  for (const module of modules) {
    for (const name of [...module.enums, ...module.structs].map((type) => type.name)) {
      requireThat(!owners.has(name), module.file, `${name} is already defined in ${owners.get(name)}`)
      owners.set(name, module.file)
    }
  }
  return modules
}

export function loadReasons(path) {
  return Object.entries(parse(readFileSync(path, 'utf8'))).map(([name, { kind, status = null, message }]) => {
    requireThat(/^[a-z]+\.[a-z_]+$/.test(name), 'errors.yaml', `${name} is not module.reason`)
    requireThat(kErrorKinds.includes(kind), 'errors.yaml', `${name}: unknown kind ${kind}`)
    requireThat(typeof message === 'string', 'errors.yaml', `${name}: no message`)
    return { name, kind, status, message }
  })
}

class ModuleReader {
  constructor(path) {
    this.file = basename(path)
    this.name = basename(path, '.yaml')
    this.document = parse(readFileSync(path, 'utf8'))
    this.enums = new Map()
    this.structs = new Map()
  }

  read() {
    for (const name of Object.keys(this.document.components?.schemas ?? {})) this.#named(name)
    const operations = Object.entries(this.document.paths ?? {}).flatMap(([pattern, item]) =>
      kMethods.filter((method) => item[method]).map((method) => this.#operation(pattern, method, item[method])))
    return { name: this.name, file: this.file, document: this.document, operations,
      enums: [...this.enums.values()], structs: [...this.structs.values()] }
  }

  // The type of components.schemas[name], read once.
  #named(name) {
    if (this.enums.has(name)) return { kind: 'enum', type_name: name, nullable: this.enums.get(name).nullable }
    if (this.structs.has(name)) return { kind: 'struct', type_name: name }
    const schema = this.document.components?.schemas?.[name]
    requireThat(schema, this.file, `no schema ${name}`)
    if (schema.type !== 'object') return this.#type(schema, name)
    const required = new Set(schema.required ?? [])
    for (const field of required) requireThat(schema.properties?.[field], this.file, `${name}.${field} is required but not defined`)
    const fields = Object.entries(schema.properties ?? {}).map(([field, property]) => ({
      name: field, required: required.has(field), description: property.description, ...this.#type(property, name + camel(field)),
    }))
    this.structs.set(name, { name, description: schema.description, fields })
    return { kind: 'struct', type_name: name }
  }

  // { kind, type_name?, item?, nullable, limits, default? }; `name` is what an inline enum is called.
  #type(schema, name) {
    for (const key of Object.keys(schema)) requireThat(kSchemaKeys.has(key), this.file, `${name}: "${key}" is not supported`)
    if (schema.$ref) {
      const local = /^#\/components\/schemas\/(\w+)$/.exec(schema.$ref)
      requireThat(local, this.file, `${name}: ${schema.$ref} is not in this file`)
      return { nullable: false, ...this.#named(local[1]), limits: {} }
    }
    const types = [schema.type].flat()
    const nullable = types.includes('null')
    const plain = types.filter((type) => type !== 'null')
    requireThat(plain.length === 1, this.file, `${name}: one type, and "null" at most`)
    const common = { nullable, default: schema.default, limits: this.#limits(schema, name) }
    if (schema.enum) {
      const values = schema.enum.filter((value) => value !== null)
      requireThat(values.length < schema.enum.length === nullable, this.file, `${name}: null is among the values where the type is "null" too`)
      this.enums.set(name, { name, values, nullable, description: schema.description })
      return { kind: 'enum', type_name: name, ...common }
    }
    switch (plain[0]) {
      case 'string': return { kind: schema.format === 'date-time' ? 'time' : 'string', ...common }
      case 'integer': return { kind: schema.format === 'int64' ? 'int64' : 'int32', ...common }
      case 'number': return { kind: 'double', ...common }
      case 'boolean': return { kind: 'bool', ...common }
      case 'array': {
        const item = this.#type(schema.items, name)
        return { kind: 'array', item, ...common, limits: { ...item.limits, ...common.limits } }
      }
      default: throw new ContractError(`${this.file}: ${name}: an inline ${plain[0]} needs a name in components.schemas`)
    }
  }

  #limits(schema, name) {
    const limits = {}
    if (schema.minLength !== undefined) limits.length_min = schema.minLength
    if (schema.maxLength !== undefined) limits.length_max = schema.maxLength
    if (schema.minItems !== undefined) limits.items_min = schema.minItems
    if (schema.maxItems !== undefined) limits.items_max = schema.maxItems
    if (schema.minimum !== undefined) limits.minimum = schema.minimum
    if (schema.maximum !== undefined) limits.maximum = schema.maximum
    if (schema.format === 'email') limits.email = true
    if (schema.pattern !== undefined) {
      const shape = /^\^\[([^\]^\\]+)\]([+*])\$$/.exec(schema.pattern)
      requireThat(shape, this.file, `${name}: only ^[characters]+$ patterns are supported`)
      limits.characters = { name, ranges: rangesOf(shape[1]), empty_allowed: shape[2] === '*' }
    }
    return limits
  }

  #operation(pattern, method, item) {
    const id = item.operationId
    requireThat(/^[a-z][a-z_]*$/.test(id ?? ''), this.file, `${method} ${pattern}: operationId in snake_case`)
    requireThat(kAuths.includes(item['x-auth']), this.file, `${id}: x-auth is one of ${kAuths.join(', ')}`)
    const cache = item['x-cache'] ?? 0   // Seconds.
    requireThat(Number.isInteger(cache) && cache >= 0, this.file, `${id}: x-cache is a number of seconds`)
    requireThat(cache === 0 || (method === 'get' && item['x-auth'] === 'none'), this.file, `${id}: only what everybody reads alike is cached`)
    const parameters = (item.parameters ?? []).map((parameter) => ({
      name: parameter.name, in: parameter.in, required: parameter.required === true,
      ...this.#type(parameter.schema, camel(id) + camel(parameter.name)),
    }))
    const path = [...pattern.matchAll(/\{(\w+)\}/g)].map(([, name]) => {
      const found = parameters.find((parameter) => parameter.in === 'path' && parameter.name === name)
      requireThat(found, this.file, `${id}: path parameter ${name} is not declared`)
      return found
    })
    const successes = Object.keys(item.responses).filter((status) => /^2\d\d$/.test(status))
    requireThat(successes.length === 1, this.file, `${id}: exactly one 2xx response`)
    const answer = item.responses[successes[0]].content?.['application/json']?.schema
    const body = item.requestBody?.content?.['application/json']?.schema
    const bodyTypes = Object.keys(item.requestBody?.content ?? {})
    requireThat(!body || bodyTypes.length === 1, this.file, `${id}: a body is JSON, or bytes of the named types`)
    const isStreamed = item['x-streamed'] === true   // Written while it is sent: the handler hands over a source, and the schema is for readers.
    requireThat(!isStreamed || answer, this.file, `${id}: what is streamed is described by a schema too`)
    return { id, method: method.toUpperCase(), pattern, path, summary: item.summary, is_streamed: isStreamed,
      query: parameters.filter((parameter) => parameter.in === 'query'),
      auth: item['x-auth'], scope: item['x-scope'] ?? '', rate: item['x-rate'] ?? '', body_max: item['x-body-max'] ?? 65536, cache,
      body_types: body || bodyTypes.length === 0 ? 'application/json' : bodyTypes.join(' '),
      status: Number(successes[0]),
      body: body ? this.#type(body, camel(id) + 'Body') : null,
      answer: answer ? this.#type(answer, camel(id) + 'Answer') : null }
  }
}

// "a-z0-9_" as [["a","z"],["0","9"],["_","_"]].
function rangesOf(characters) {
  const ranges = []
  for (let i = 0; i < characters.length; ++i) {
    const isRange = characters[i + 1] === '-' && i + 2 < characters.length
    ranges.push([characters[i], isRange ? characters[i + 2] : characters[i]])
    if (isRange) i += 2
  }
  return ranges
}
