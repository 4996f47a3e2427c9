// <module>.h: what the rest of the server sees of a contract file.
import { apiClass, banner, cppType, enumerator, fieldType, parametersOf, queryStruct, quoted } from './cpp.mjs'

const comment = (text) => (text ? `// ${text}\n` : '')

function enumText({ name, values, description }) {
  return `${comment(description)}enum class ${name} : std::uint8_t { ${values.map(enumerator).join(', ')} };
[[nodiscard]] std::string_view to_text(${name} value);
template <>
[[nodiscard]] std::optional<${name}> parse<${name}>(std::string_view text);
`
}

// Scalars start at zero; a required string or list has no initialiser, so that a forgotten field is a warning.
function fieldText(field) {
  const type = fieldType(field)
  const scalar = { int32: ' = 0', int64: ' = 0', double: ' = 0', bool: ' = false', enum: '{}', time: '{}' }[field.kind] ?? ''
  const initial = !type.startsWith('std::optional') ? scalar : field.required ? '' : ' = std::nullopt'
  return `  ${type} ${field.name}${initial};${field.description ? `  // ${field.description}` : ''}\n`
}

function structText({ name, description, fields }) {
  return `${comment(description)}struct ${name} {
${fields.map(fieldText).join('')}
  friend bool operator==(const ${name}&, const ${name}&) = default;
};
[[nodiscard]] std::string to_json(const ${name}& value);
template <>
[[nodiscard]] Result<${name}> from_json<${name}>(std::string_view text);
`
}

function defaultText(parameter) {
  if (parameter.default === undefined) return ' = std::nullopt'
  return ` = ${parameter.kind === 'string' ? quoted(parameter.default) : parameter.default}`
}

function queryText(operation) {
  const fields = operation.query.map((parameter) => {
    const type = parameter.default === undefined && !parameter.required ? `std::optional<${cppType(parameter)}>` : cppType(parameter)
    return `  ${type} ${parameter.name}${parameter.required ? '{}' : defaultText(parameter)};\n`
  })
  return `// ${operation.method} ${operation.pattern}
struct ${queryStruct(operation)} {
${fields.join('')}
  friend bool operator==(const ${queryStruct(operation)}&, const ${queryStruct(operation)}&) = default;
};
`
}

function methodText(operation) {
  const parameters = parametersOf(operation).map(({ type, name }) => `, ${type} ${name}`)
  const answer = operation.is_streamed ? 'io::BodySource' : operation.answer ? cppType(operation.answer) : 'void'
  return `  // ${operation.method} ${operation.pattern}${operation.summary ? `: ${operation.summary}` : ''}
  virtual Task<Result<${answer}>> ${operation.id}(io::Call call${parameters.join('')}) = 0;
`
}

export function headerOf(module) {
  return `${banner(`api/openapi/${module.file}`)}#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "gen/json.h"
#include "io/api.h"

namespace luso::gen {

${module.enums.map(enumText).join('\n')}
${module.structs.map(structText).join('\n')}
${module.operations.filter((operation) => operation.query.length > 0).map(queryText).join('\n')}
// One method an operation; the server does not compile while one is missing. Whoever implements it outlives the routes.
class ${apiClass(module)} {
 public:
  virtual ~${apiClass(module)}() = default;

${module.operations.map(methodText).join('\n')}};

[[nodiscard]] std::vector<io::Route> routes_of(${apiClass(module)}& api);

}  // namespace luso::gen
`
}
