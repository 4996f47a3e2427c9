#include "gateway/socket.h"

#include <algorithm>

#include "base/check.h"
#include "gateway/internal/client.h"
#include "gateway/internal/namespace_shard.h"
#include "proto/json_text.h"

namespace luso::gateway {
namespace json = proto::json;
namespace sio = proto::socketio;

std::vector<std::string_view> Event::values() const {
  return json::values_of(arguments);
}

const Bytes* Event::binary_of(std::string_view value) const {
  if (json::kind_of(value) != json::Kind::object) return nullptr;
  const auto said = json::member_of(value, "_placeholder");
  const auto number = json::member_of(value, "num");
  if (!said || *said != "true" || !number) return nullptr;
  const auto index = json::integer_of(*number);
  if (!index || *index < 0 || static_cast<std::size_t>(*index) >= attachments.size()) return nullptr;
  return &attachments[static_cast<std::size_t>(*index)];
}

const Bytes* Event::binary(std::size_t index) const {
  const auto all = values();
  return index < all.size() ? binary_of(all[index]) : nullptr;
}

Arguments Event::copy() const {
  return Arguments::of_array('[' + std::string(arguments) + ']', attachments);
}

void Ack::operator()(const Arguments& arguments) {
  const SocketPtr socket = socket_.lock();
  socket_.reset();
  if (socket) socket->answer(id_, arguments);
}

Socket::Socket(internal::NamespaceShard& shard, internal::Client& client, Identity identity)
    : shard_(shard),
      client_(&client),
      identity_(std::move(identity)),
      handshake_(client.connection().shared_handshake()) {}

Socket::~Socket() = default;

Namespace& Socket::nsp() const {
  return shard_.nsp;
}

io::Reactor& Socket::reactor() const {
  return shard_.reactor;
}

void Socket::send(const proto::engineio::EncodedPtr& packets) {
  if (client_ != nullptr) client_->connection().send(packets);
}

void Socket::emit(std::string_view event, const Arguments& arguments) {
  if (client_ != nullptr) shard_.whisper(*this, event, arguments);
}

void Socket::emit_volatile(std::string_view event, const Arguments& arguments) {
  if (client_ == nullptr || !client_->connection().is_writable()) return;
  const std::string array = arguments.array_of(event);
  client_->send({.type = sio::PacketType::event,
                 .nsp = nsp().name(),
                 .data = array,
                 .attachments = arguments.attachments()});
}

void Socket::ask(std::string_view event, const Arguments& arguments, std::chrono::milliseconds patience,
                 Answer answer) {
  if (client_ == nullptr || questions_.size() >= kQuestionsMax) return answer(nullptr);
  const std::uint64_t id = next_question_++;
  const MonoTime due = std::chrono::steady_clock::now() + patience;
  questions_.emplace(id, Question{.answer = std::move(answer), .due = due});
  const std::string array = arguments.array_of(event);
  client_->send({.type = sio::PacketType::event,
                 .nsp = nsp().name(),
                 .id = id,
                 .data = array,
                 .attachments = arguments.attachments()});
  client_->connection().wake_by(due);
}

void Socket::answer(std::uint64_t id, const Arguments& arguments) {
  if (client_ == nullptr) return;
  const std::string array = arguments.array();
  client_->send({.type = sio::PacketType::ack,
                 .nsp = nsp().name(),
                 .id = id,
                 .data = array,
                 .attachments = arguments.attachments()});
}

// An answer to nothing we asked is nobody's harm: it may have come too late.
void Socket::take_answer(const sio::Packet& packet) {
  const auto found = packet.id ? questions_.find(*packet.id) : questions_.end();
  if (found == questions_.end()) return;
  const Answer take = std::move(found->second.answer);
  questions_.erase(found);
  const std::string_view text = packet.data;
  const Event answer{
      .name = {}, .arguments = text.substr(1, text.size() - 2), .attachments = packet.attachments};
  take(&answer);
}

MonoTime Socket::drop_questions(MonoTime now) {
  std::vector<Answer> late;
  MonoTime next = MonoTime::max();
  for (auto at = questions_.begin(); at != questions_.end();) {
    if (at->second.due <= now) {
      late.push_back(std::move(at->second.answer));
      at = questions_.erase(at);
    } else {
      next = std::min(next, at->second.due);
      ++at;
    }
  }
  for (const Answer& answer : late) answer(nullptr);
  return next;
}

bool Socket::join(std::string_view room) {
  return client_ != nullptr && shard_.join(*this, room);
}

void Socket::leave(std::string_view room) {
  shard_.leave(*this, room);
}

std::vector<std::string> Socket::rooms() const {
  std::vector<std::string> names{id()};
  for (const Membership& membership : memberships_) names.push_back(membership.room->name);
  return names;
}

void Socket::disconnect() {
  if (connected_) client_->leave(*this);
}

void Socket::close_connection() {
  if (connected_) client_->close();
}

void Socket::end() {
  connected_ = false;
  client_ = nullptr;
  for (auto& [id, question] : std::exchange(questions_, {})) question.answer(nullptr);
}

}  // namespace luso::gateway
