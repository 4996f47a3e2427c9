#pragma once

#include <memory>

#include "io/reactor.h"
#include "io/websocket.h"
#include "proto/engineio.h"

namespace luso::gateway::internal {

// A session's WebSocket. As a rule both live on one reactor; a session that began by polling may have been
// upgraded by a connection that another reactor took, and then each message crosses over.
class Line : public std::enable_shared_from_this<Line> {
 public:
  Line(io::Reactor& reactor, io::WebSocket& socket) : reactor_(reactor), socket_(&socket) {}

  // From the session's reactor.
  void send(const proto::engineio::EncodedPtr& messages) {
    on_own_reactor([messages](io::WebSocket& socket) {
      socket.send(
          SharedBytes(messages, &messages->frames));  // The frames, kept alive by what they are part of.
    });
  }

  void close() {
    on_own_reactor([](io::WebSocket& socket) { socket.close(proto::websocket::CloseCode::normal); });
  }

  // Of a socket on another reactor nobody knows at once; what is lost to it would be lost to all.
  [[nodiscard]] bool is_writable() const {
    return io::Reactor::current() != &reactor_ || (socket_ != nullptr && socket_->outbox_frames() == 0);
  }

  void gone() { socket_ = nullptr; }  // From its own reactor: the socket ends.

 private:
  template <typename F>
  void on_own_reactor(F act) {
    if (io::Reactor::current() == &reactor_) {
      if (socket_ != nullptr) act(*socket_);
      return;
    }
    reactor_.post([self = shared_from_this(), act = std::move(act)] {
      if (self->socket_ != nullptr) act(*self->socket_);
    });
  }

  io::Reactor& reactor_;
  io::WebSocket* socket_;
};

}  // namespace luso::gateway::internal
