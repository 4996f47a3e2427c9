// <module>_codec.cpp: enum names, decoding with validation, encoding.
import { banner, enumerator, isOptional, limitsOf, matcherName, quoted } from './cpp.mjs'

function enumText({ name, values }) {
  return `std::string_view to_text(${name} value) {
  switch (value) {
${values.map((value) => `    case ${name}::${enumerator(value)}: return ${quoted(value)};`).join('\n')}
  }
  return {};
}

template <>
std::optional<${name}> parse<${name}>(std::string_view text) {
${values.map((value) => `  if (text == ${quoted(value)}) return ${name}::${enumerator(value)};`).join('\n')}
  return std::nullopt;
}
`
}

const character = (c) => (c === "'" ? "'\\''" : `'${c}'`)

// Distinct matchers of a list of fields or parameters, as functions.
export function matchersOf(fields) {
  const matchers = new Map()
  for (const { limits } of fields) {
    if (limits?.characters) matchers.set(matcherName(limits.characters), limits.characters)
  }
  return [...matchers].map(([name, { ranges, empty_allowed: emptyAllowed }]) => {
    const tests = ranges.map(([low, high]) => (low === high ? `c == ${character(low)}` : `(c >= ${character(low)} && c <= ${character(high)})`))
    return `bool ${name}(std::string_view text) {
  return ${emptyAllowed ? '' : '!text.empty() && '}std::ranges::all_of(text, [](char c) { return ${tests.join(' || ')}; });
}
`
  }).join('\n')
}

function readField(field) {
  const how = field.required ? (field.nullable ? 'nullable' : 'required') : 'optional'
  return `  in.${how}("${field.name}", out.${field.name}${limitsOf(field.limits)});\n`
}

function readText({ name, fields }) {
  return `void read(Decoder& decoder, const boost::json::value& value, ${name}& out, const Limits&) {
  ObjectReader in(decoder, value);
${fields.map(readField).join('')}}
`
}

function writeField(field) {
  const how = field.required || !isOptional(field) ? 'field' : 'optional_field'
  return `  out.${how}("${field.name}", value.${field.name});\n`
}

function writeText({ name, fields }) {
  return `void write(std::string& text, const ${name}& value) {
  ObjectWriter out(text);
${fields.map(writeField).join('')}}
`
}

function publicText({ name }) {
  return `std::string to_json(const ${name}& value) {
  std::string text;
  write(text, value);
  return text;
}

template <>
Result<${name}> from_json<${name}>(std::string_view text) {
  return internal::decode<${name}>(text);
}
`
}

export function codecOf(module) {
  const fields = module.structs.flatMap((struct) => struct.fields)
  return `${banner(`api/openapi/${module.file}`)}#include <algorithm>

#include "gen/${module.name}.h"
#include "gen/internal/json_reader.h"
#include "gen/internal/json_writer.h"

namespace luso::gen {

using internal::Decoder;
using internal::is_email;
using internal::Limits;
using internal::ObjectReader;
using internal::ObjectWriter;

${module.enums.map(enumText).join('\n')}
// Found by argument-dependent lookup from the readers and writers of what contains them.
${module.structs.map(({ name }) => `static void read(Decoder& decoder, const boost::json::value& value, ${name}& out, const Limits& limits);
static void write(std::string& text, const ${name}& value);`).join('\n')}

namespace {

${matchersOf(fields)}
}  // namespace

${module.structs.map((struct) => `static ${readText(struct)}\nstatic ${writeText(struct)}`).join('\n')}
${module.structs.map(publicText).join('\n')}
}  // namespace luso::gen
`
}

