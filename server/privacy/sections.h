#pragma once

#include <span>
#include <string_view>

#include "io/pg.h"

// What the database knows about a person: a decision on every table and every column, so that what is missing
// can be seen. The tests of this module read the schema and name what nobody has decided on.
namespace luso::privacy {

// Rows about the user $1 with a key above $2, in the order of the key, kPageRows at most: columns `key`
// (bigint, above zero) and `row` (JSON text). Columns are named one by one: a new one is not in the file
// until somebody has thought about it.
struct Section {
  std::string_view name;   // In the file.
  std::string_view table;  // Whose rows these are.
  const io::Statement* page = nullptr;
};

inline constexpr int kPageRows = 200;  // The statements say so themselves: LIMIT 200.

[[nodiscard]] std::span<const Section> sections();

// A table, or a table's column, that is treated otherwise than the rest, and why.
struct Exception {
  std::string_view of;  // "letter_outbox", "users.password_hash"
  std::string_view reason;
};

// Tables that have no section of their own.
[[nodiscard]] std::span<const Exception> tables_left_out();

// Columns of a section's table that its rows do not show under their own name.
[[nodiscard]] std::span<const Exception> columns_left_out();

// Columns that name a person without a foreign key, which would forget them by itself, and who does instead.
[[nodiscard]] std::span<const Exception> loose_references();

}  // namespace luso::privacy
