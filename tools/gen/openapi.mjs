// The module files as one OpenAPI document: what GET /api/v1/openapi.json answers and the web client's types come from.
import { banner } from './cpp.mjs'
import { ContractError } from './contract.mjs'

const kStatuses = { invalid: 400, unauthenticated: 401, forbidden: 403, not_found: 404, conflict: 409, too_large: 413,
  precondition: 422, rate_limited: 429, timeout: 504, unavailable: 503, internal: 500 }

export const statusOf = ({ kind, status }) => status ?? kStatuses[kind]

function errorSchema(reasons) {
  return {
    type: 'object', required: ['error'],
    properties: { error: {
      type: 'object', required: ['reason', 'message', 'request_id'],
      properties: {
        reason: { type: 'string', enum: reasons.map(({ name }) => name) },
        message: { type: 'string', description: 'In English, for people who read the API; pages translate the reason.' },
        field: { type: 'string', description: 'The field at fault, when there is one.' },
        request_id: { type: 'string' },
      },
    } },
  }
}

function securityOf(operation) {
  const either = [{ session: [] }, { api_token: operation['x-scope'] ? [operation['x-scope']] : [] }]
  return { none: [], optional: [{}, ...either] }[operation['x-auth']] ?? either
}

export function mergedDocument(modules, reasons) {
  const document = {
    openapi: '3.1.0',
    info: { title: 'LusoTown', version: '1', description: 'Live streaming for people who speak Portuguese.' },
    servers: [{ url: '/' }],
    paths: {},
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'luso_session' },
        api_token: { type: 'http', scheme: 'bearer', description: 'A personal API token: luso_pat_…' },
      },
      responses: { Error: { description: 'What went wrong', content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } } },
      schemas: { Error: errorSchema(reasons) },
    },
  }
  for (const module of modules) {
    for (const [path, item] of Object.entries(module.document.paths ?? {})) {
      if (document.paths[path]) throw new ContractError(`${module.file}: ${path} is already in another file`)
      document.paths[path] = Object.fromEntries(Object.entries(item).map(([method, operation]) => [method, {
        tags: [module.name], ...operation, security: securityOf(operation),
        responses: { ...operation.responses, default: { $ref: '#/components/responses/Error' } },
      }]))
    }
    Object.assign(document.components.schemas, module.document.components?.schemas)
  }
  return JSON.stringify(document, null, 1) + '\n'
}

export function openapiSource(document) {
  return `${banner('api/openapi')}#include "gen/openapi.h"

namespace luso::gen {

std::string_view openapi_json() {
  // clang-format off
  return R"openapi(${document})openapi";
  // clang-format on
}

}  // namespace luso::gen
`
}
