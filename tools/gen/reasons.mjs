// reasons.h and reasons.cpp: every error the API can give, once.
import { camel } from './contract.mjs'
import { banner, quoted } from './cpp.mjs'
import { statusOf } from './openapi.mjs'

const constant = (name) => `k${camel(name)}`

export function reasonsHeader(reasons) {
  return `${banner('api/errors.yaml')}#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace luso::gen {

// What a caller is told: the symbol, the kind (and so the status), and words in English.
struct Reason {
  std::string_view name;
  ErrorKind kind;
  int status;
  std::string_view message;
};

namespace reasons {
${reasons.map((reason) => `inline constexpr Reason ${constant(reason.name)}{${quoted(reason.name)}, ErrorKind::${reason.kind}, ${statusOf(reason)}, ${quoted(reason.message)}};`).join('\n')}
}  // namespace reasons

// In the order of the catalogue.
[[nodiscard]] std::span<const Reason* const> all_reasons();
// Null for a symbol that is not in the catalogue.
[[nodiscard]] const Reason* find_reason(std::string_view name);

// The English sentence of a reason, or the reason itself when the catalogue does not have it: fits io::set_reason_text.
[[nodiscard]] std::string_view text_of(std::string_view name);

// return fail(reasons::kLiveDailyLimit);
[[nodiscard]] inline tl::unexpected<Error> fail(const Reason& reason, std::string detail = {}) {
  return luso::fail(reason.kind, reason.name, std::move(detail));
}

}  // namespace luso::gen
`
}

export function reasonsSource(reasons) {
  return `${banner('api/errors.yaml')}#include "gen/reasons.h"

#include <array>

namespace luso::gen {
namespace {

constexpr std::array kAll{
${reasons.map(({ name }) => `    &reasons::${constant(name)},`).join('\n')}
};

}  // namespace

std::span<const Reason* const> all_reasons() { return kAll; }

const Reason* find_reason(std::string_view name) {
  for (const Reason* reason : kAll) {
    if (reason->name == name) return reason;
  }
  return nullptr;
}

std::string_view text_of(std::string_view name) {
  const Reason* reason = find_reason(name);
  return reason == nullptr ? name : reason->message;
}

}  // namespace luso::gen
`
}
