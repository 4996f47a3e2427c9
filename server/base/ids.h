#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace luso {

// A database identity that does not mix with others. `StreamId{7}` prints and serialises as 7.
template <typename Tag>
struct Id {
  std::int64_t value = 0;
  friend constexpr auto operator<=>(Id, Id) = default;

  [[nodiscard]] constexpr explicit operator bool() const { return value != 0; }
};

using UserId = Id<struct UserTag>;
using ChannelId = Id<struct ChannelTag>;
using StreamId = Id<struct StreamTag>;
using SessionId = Id<struct SessionTag>;
using CategoryId = Id<struct CategoryTag>;
using ScheduleEntryId = Id<struct ScheduleEntryTag>;

}  // namespace luso

template <typename Tag>
struct std::hash<luso::Id<Tag>> {
  std::size_t operator()(luso::Id<Tag> id) const noexcept { return std::hash<std::int64_t>{}(id.value); }
};
