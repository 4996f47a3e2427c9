#include "proto/socketio.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "base/text.h"
#include "proto/fixtures_test.h"

namespace luso::proto::socketio {
namespace {

using testing::hex;
using State = Decoder::State;

State feed(Decoder& decoder, std::string_view text) {
  return decoder.feed({.type = engineio::PacketType::message, .is_binary = false, .data = text});
}

State feed(Decoder& decoder, const Bytes& bytes) {
  return decoder.feed(engineio::binary_message(bytes));
}

std::string why(std::string_view text) {
  Decoder decoder;
  return feed(decoder, text) == State::broken ? std::string(decoder.why()) : "nothing";
}

std::string polled(const Packet& packet) {
  std::string payload;
  engineio::append_to_payload(payload, encode_frames(packet));
  return payload;
}

TEST(SocketIoDecoder, ReadsEveryKindOfPacket) {
  Decoder decoder;
  EXPECT_EQ(feed(decoder, "0"), State::packet);
  EXPECT_EQ(decoder.packet().type, PacketType::connect);
  EXPECT_EQ(decoder.packet().nsp, "/");

  EXPECT_EQ(feed(decoder, R"(0/custom,{"token":"abc"})"), State::packet);
  EXPECT_EQ(decoder.packet().nsp, "/custom");
  EXPECT_EQ(decoder.packet().data, R"({"token":"abc"})");

  EXPECT_EQ(feed(decoder, "0/random"), State::packet);
  EXPECT_EQ(decoder.packet().nsp, "/random");

  EXPECT_EQ(feed(decoder, "1/custom,"), State::packet);
  EXPECT_EQ(decoder.packet().type, PacketType::disconnect);

  EXPECT_EQ(feed(decoder, R"(2/chat,456["message",1,"2",{"3":[true]}])"), State::packet);
  EXPECT_EQ(decoder.packet().type, PacketType::event);
  EXPECT_EQ(decoder.packet().id, 456U);
  EXPECT_EQ(name_of_event(decoder.packet().data), "message");
  EXPECT_EQ(after_name(decoder.packet().data), R"(1,"2",{"3":[true]})");

  EXPECT_EQ(feed(decoder, R"(313["ok"])"), State::packet);
  EXPECT_EQ(decoder.packet().type, PacketType::ack);
  EXPECT_EQ(decoder.packet().id, 13U);

  EXPECT_EQ(feed(decoder, R"(4{"message":"no"})"), State::packet);
  EXPECT_EQ(decoder.packet().type, PacketType::connect_error);
}

TEST(SocketIoDecoder, PutsAttachmentsToTheirPacket) {
  Decoder decoder;
  std::string text = R"(52-/admin,789["up",{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}])";
  EXPECT_EQ(feed(decoder, text), State::more);
  text.assign(text.size(), 'x');  // The transport's buffer is used again.
  EXPECT_TRUE(decoder.waits_for_attachments());
  EXPECT_EQ(feed(decoder, hex("01 02 03")), State::more);
  EXPECT_EQ(feed(decoder, hex("04 05 06")), State::packet);
  EXPECT_FALSE(decoder.waits_for_attachments());

  const Packet& packet = decoder.packet();
  EXPECT_EQ(packet.type, PacketType::event);
  EXPECT_EQ(packet.nsp, "/admin");
  EXPECT_EQ(packet.id, 789U);
  ASSERT_EQ(packet.attachments.size(), 2U);
  EXPECT_EQ(packet.attachments[1], hex("04 05 06"));
  EXPECT_EQ(polled(packet),
            R"(452-/admin,789["up",{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}])"
            "\x1e"
            "bAQID\x1e"
            "bBAUG");

  EXPECT_EQ(feed(decoder, R"(61-5[{"_placeholder":true,"num":0}])"), State::more);
  EXPECT_EQ(feed(decoder, hex("07")), State::packet);
  EXPECT_EQ(decoder.packet().type, PacketType::ack);
  EXPECT_EQ(decoder.packet().attachments.size(), 1U);
}

TEST(SocketIoDecoder, RefusesWhatTheProtocolDoesNotKnow) {
  EXPECT_EQ(why(""), "unknown packet type");
  EXPECT_EQ(why("abc"), "unknown packet type");
  EXPECT_EQ(why("7"), "unknown packet type");
  for (const char* text : {"2",
                           "2{}",
                           "2[]",
                           "2[null]",
                           "2abc[\"a\"]",
                           R"(2["a")",
                           R"(2"a")",
                           R"(2["disconnect"])",
                           R"(2["connect"])",
                           R"(2["connect_error"])",
                           R"(2["disconnecting"])",
                           R"(2["newListener"])",
                           R"(2["removeListener"])",
                           R"(2["dis\u0063onnect"])",
                           "3",
                           "3{}",
                           "0[]",
                           "0null",
                           R"(0"x")",
                           "1{}",
                           "4",
                           "4[]",
                           "2[{}]"})
    EXPECT_EQ(why(text), "invalid payload") << text;
  for (const char* text : {R"(5["a"])", R"(5-["a"])", R"(50-["a"])", R"(5a-["a"])", R"(51["a"])",
                           R"(5-1-["a"])", R"(51.5-["a"])"})
    EXPECT_EQ(why(text), "illegal attachments") << text;
  EXPECT_EQ(why(R"(511-["a"])"), "too many attachments");
  EXPECT_EQ(why(R"(51-["a",{"_placeholder":true,"num":1}])"), "invalid payload");
  EXPECT_EQ(why("2/" + std::string(kNamespaceBytesMax, 'n') + ",[\"a\"]"), "a namespace beyond the limit");
  EXPECT_EQ(why(R"(299999999999999999999["a"])"), "an id beyond the limit");
  EXPECT_EQ(why(R"(29007199254740992["a"])"), "an id beyond the limit");
}

TEST(SocketIoDecoder, AnEventMayBeANumber) {
  Decoder decoder;
  EXPECT_EQ(feed(decoder, R"(2[ 7 ,"x"])"), State::packet);
  EXPECT_EQ(name_of_event(decoder.packet().data), "7");
  EXPECT_EQ(after_name(decoder.packet().data), R"("x")");
}

TEST(SocketIoDecoder, TextWhereAnAttachmentIsDueIsAnError) {
  Decoder decoder;
  EXPECT_EQ(feed(decoder, R"(51-["a",{"_placeholder":true,"num":0}])"), State::more);
  EXPECT_EQ(feed(decoder, R"(2["b"])"), State::broken);
  EXPECT_EQ(feed(decoder, hex("00")), State::broken);
}

TEST(SocketIoDecoder, AttachmentsHaveALimitTogether) {
  Decoder decoder({.attachments_max = 10, .attachment_bytes_max = 5});
  EXPECT_EQ(feed(decoder, R"(52-["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])"),
            State::more);
  EXPECT_EQ(feed(decoder, hex("01 02 03")), State::more);
  EXPECT_EQ(feed(decoder, hex("01 02 03")), State::broken);
  EXPECT_EQ(decoder.why(), "attachments beyond the limit");
}

TEST(SocketIoEncoder, WritesWhatTheProtocolShows) {
  EXPECT_EQ(polled({.type = PacketType::connect, .data = R"({"sid":"x"})"}), R"(40{"sid":"x"})");
  EXPECT_EQ(polled({.type = PacketType::connect, .nsp = "/custom", .data = R"({"sid":"x"})"}),
            R"(40/custom,{"sid":"x"})");
  EXPECT_EQ(polled({.type = PacketType::disconnect, .nsp = "/admin"}), "41/admin,");
  EXPECT_EQ(polled({.type = PacketType::connect_error,
                    .nsp = "/random",
                    .data = R"({"message":"Invalid namespace"})"}),
            R"(44/random,{"message":"Invalid namespace"})");
  EXPECT_EQ(polled({.type = PacketType::event, .id = 12, .data = R"(["foo"])"}), R"(4212["foo"])");
}

TEST(SocketIoArguments, CarryJsonAndBinarySideBySide) {
  Arguments arguments;
  arguments.text("olá \"tu\"").number(-5).boolean(true).null().binary(hex("ff"));
  const std::string inner = arguments.place(hex("00 01"));
  arguments.json(R"({"hello":"lol","message":)" + inner + "}");

  EXPECT_EQ(
      arguments.array_of("up"),
      R"(["up","olá \"tu\"",-5,true,null,{"_placeholder":true,"num":0},{"hello":"lol","message":{"_placeholder":true,"num":1}}])");
  EXPECT_EQ(arguments.attachments().size(), 2U);
  EXPECT_EQ(Arguments().array(), "[]");
  EXPECT_EQ(Arguments().array_of("hi"), R"(["hi"])");
  EXPECT_EQ(Arguments::of_array(" [1, 2] ", {}).array_of("m"), R"(["m",1, 2])");
}

RC_GTEST_PROP(SocketIoEncoder, WhatIsWrittenReadsBackTheSame,
              (const std::string& bytes, const std::vector<std::int64_t>& numbers, bool has_id,
               std::uint32_t id_number)) {
  const std::string name = is_utf8(bytes) ? bytes : hex_encode(as_bytes(bytes));
  RC_PRE(!is_reserved_event(name));
  const auto id = has_id ? std::optional<std::uint64_t>(id_number) : std::nullopt;
  Arguments arguments;
  for (const std::int64_t number : numbers) {
    if (number % 3 == 0 && arguments.attachments().size() < kAttachmentsMax) {
      arguments.binary(as_bytes(std::to_string(number)));
    } else {
      arguments.number(number);
    }
  }
  const std::string data = arguments.array_of(name);
  std::string payload;
  engineio::append_to_payload(payload, encode_frames({.type = PacketType::event,
                                                      .nsp = "/n",
                                                      .id = id,
                                                      .data = data,
                                                      .attachments = arguments.attachments()}));

  Decoder decoder;
  State state = State::more;
  engineio::PayloadReader reader(payload);
  while (const auto packet = reader.next()) state = decoder.feed(*packet);

  RC_ASSERT(state == State::packet);
  RC_ASSERT(name_of_event(decoder.packet().data) == name);
  RC_ASSERT(decoder.packet().data == data);
  RC_ASSERT(decoder.packet().id == id);
  RC_ASSERT(std::ranges::equal(decoder.packet().attachments, arguments.attachments()));
}

}  // namespace
}  // namespace luso::proto::socketio
