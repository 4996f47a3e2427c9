#pragma once

#include <cstddef>
#include <span>

namespace luso {

// Memory that one of many objects needs each time its turn comes: an address and a size, never read through.
struct MemoryPiece {
  const void* at = nullptr;
  std::size_t bytes = 0;
};

// Asks the processor to fetch memory that will be used in a moment. A hint: what is no longer there does no
// harm.
inline void prefetch(MemoryPiece piece) {
  constexpr std::size_t kLineBytes = 64;
  const auto* const bytes = static_cast<const std::byte*>(piece.at);
  for (std::size_t at = 0; at < piece.bytes; at += kLineBytes) __builtin_prefetch(bytes + at);
}

}  // namespace luso
