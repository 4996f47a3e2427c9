// <module>_routes.cpp: the typed route table. Each handler decodes, calls and encodes; nothing else.
import { apiClass, banner, cppType, isScalar, limitsOf, parametersOf, queryStruct, quoted } from './cpp.mjs'
import { matchersOf } from './cpp_codec.mjs'

function pathText(parameter, index) {
  return `  ${cppType(parameter)} ${parameter.name}${isScalar(parameter) ? '{}' : ''};
  in.path(${index}, ${quoted(parameter.name)}, ${parameter.name}${limitsOf(parameter.limits)});
`
}

function queryText(operation) {
  const lines = operation.query.map((parameter) => {
    const how = parameter.required ? 'required_query' : 'query'
    return `  in.${how}(${quoted(parameter.name)}, query.${parameter.name}${limitsOf(parameter.limits)});\n`
  })
  return `  ${queryStruct(operation)} query;\n${lines.join('')}`
}

function handlerText(module, operation) {
  const hasParameters = operation.path.length + operation.query.length > 0
  const lines = []
  if (hasParameters) {
    lines.push('  internal::ParameterReader in(call);\n')
    operation.path.forEach((parameter, index) => lines.push(pathText(parameter, index)))
    if (operation.query.length > 0) lines.push(queryText(operation))
    lines.push('  CO_TRY_VOID(in.finish());\n')
  }
  if (operation.body) lines.push(`  CO_TRY(${cppType(operation.body)} body, from_json<${cppType(operation.body)}>(call.request().body));\n`)
  const names = parametersOf(operation).map(({ name, moves }) => (moves ? `, std::move(${name})` : `, ${name}`))
  const invoke = `co_await api.${operation.id}(call${names.join('')})`
  if (operation.is_streamed) {
    lines.push(`  CO_TRY(io::BodySource source, ${invoke});\n  call.stream(std::move(source));\n  co_return std::string();\n`)
  } else lines.push(operation.answer
    ? `  CO_TRY(const ${cppType(operation.answer)} answer, ${invoke});\n  co_return to_json(answer);\n`
    : `  CO_TRY_VOID(${invoke});\n  co_return std::string();\n`)
  return `Task<Result<std::string>> handle_${operation.id}(${apiClass(module)}& api, io::Call call) {
${lines.join('')}}
`
}

function routeText(operation) {
  return `      {.operation_id = ${quoted(operation.id)},
       .method = ${quoted(operation.method)},
       .pattern = ${quoted(operation.pattern)},
       .auth = io::Auth::${operation.auth},
       .scope = ${quoted(operation.scope)},
       .rate_class = ${quoted(operation.rate)},
       .body_bytes_max = ${operation.body_max},
       .body_types = ${quoted(operation.body_types)},
       .success_status = ${operation.status},
${operation.cache ? `       .cache_s = ${operation.cache},\n` : ''}       .handle = [&api](io::Call call) { return handle_${operation.id}(api, std::move(call)); }},
`
}

export function routesOf(module) {
  const parameters = module.operations.flatMap((operation) => [...operation.path, ...operation.query])
  const matchers = matchersOf(parameters)
  return `${banner(`api/openapi/${module.file}`)}#include <algorithm>
#include <utility>

#include "gen/${module.name}.h"
#include "gen/internal/parameters.h"

namespace luso::gen {
namespace {

${matchers}
${module.operations.map((operation) => handlerText(module, operation)).join('\n')}
}  // namespace

std::vector<io::Route> routes_of(${apiClass(module)}& api) {
  return {
${module.operations.map(routeText).join('')}  };
}

}  // namespace luso::gen
`
}
