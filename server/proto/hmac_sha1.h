#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/bytes.h"

struct evp_md_ctx_st;

namespace luso::proto {

// HMAC-SHA1 (RFC 2104) of many messages under one key: the key's two blocks are hashed once. One thread at a
// time.
class HmacSha1 {
 public:
  static constexpr std::size_t kBytes = 20;
  using Digest = std::array<std::uint8_t, kBytes>;

  explicit HmacSha1(ByteView key);

  // Of the pieces one after the other.
  [[nodiscard]] Digest operator()(ByteView first, ByteView second = {});

 private:
  struct FreeContext {
    void operator()(evp_md_ctx_st* context) const;
  };

  using Context = std::unique_ptr<evp_md_ctx_st, FreeContext>;

  Context inner_, outer_, work_;
};

}  // namespace luso::proto
