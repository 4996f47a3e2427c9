#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// JSON as the text it is (RFC 8259): checked, cut into its parts and quoted, without a document in memory.
// What clients send each other travels on as they wrote it.
namespace luso::proto::json {

inline constexpr std::size_t kDepthMax =
    64;  // Arrays and objects inside each other; deeper is no JSON of ours.

enum class Kind : std::uint8_t { object, array, string, number, boolean, null };

// One whole value of valid UTF-8, spaces around it allowed.
[[nodiscard]] bool is_value(std::string_view text);

// The same, for a text that stands beside `attachments` binary ones: every {"_placeholder":true,"num":N} in
// it must name one of them (socket.io-protocol 5, "binary event").
[[nodiscard]] bool is_value_with_attachments(std::string_view text, std::size_t attachments);

// What follows is asked of valid values only.
[[nodiscard]] Kind kind_of(std::string_view value);
[[nodiscard]] std::vector<std::string_view> elements_of(std::string_view array);  // Trimmed, in order.
[[nodiscard]] std::vector<std::string_view> values_of(
    std::string_view list);                                               // The same without the brackets.
[[nodiscard]] std::string_view first_element_of(std::string_view array);  // Empty when there is none.
// The value of a name, of two the last, as JavaScript has it.
[[nodiscard]] std::optional<std::string_view> member_of(std::string_view object, std::string_view name);
[[nodiscard]] std::string string_of(std::string_view string);  // Without its quotes and escapes.
// The number when it is a whole one that fits.
[[nodiscard]] std::optional<std::int64_t> integer_of(std::string_view number);

// Valid UTF-8 in quotes, escaped where it must be.
void append_string(std::string& out, std::string_view text);
[[nodiscard]] std::string quote(std::string_view text);

}  // namespace luso::proto::json
