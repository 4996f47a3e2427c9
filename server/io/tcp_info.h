#pragma once

#include <optional>

#include <boost/asio/ip/tcp.hpp>

#include "base/clock.h"

namespace luso::io {

// The kernel's own measure of a connection's round trip; empty where it does not tell.
[[nodiscard]] std::optional<Duration> round_trip_of(boost::asio::ip::tcp::socket& socket);

}  // namespace luso::io
