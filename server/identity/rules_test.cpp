#include "identity/rules.h"

#include <gtest/gtest.h>

namespace luso::identity::rules {
namespace {

std::string_view reason_of(const Result<void>& result) {
  return result ? "" : result.error().reason;
}

TEST(Usernames, AreLowerCaseLettersDigitsAndUnderscores) {
  for (const char* good : {"ana", "fado_ao_vivo", "joao_1974", "_ze_", "abcdefghijklmnopqrstuvwxy"}) {
    EXPECT_TRUE(check_username(good)) << good;
  }
  for (const char* bad :
       {"", "ab", "Ana", "joão", "a b", "ana-maria", "ana.", "abcdefghijklmnopqrstuvwxyz"}) {
    EXPECT_EQ(reason_of(check_username(bad)), "api.invalid") << bad;
  }
}

TEST(Usernames, TheHouseKeepsItsOwnWords) {
  for (const char* kept :
       {"admin", "suporte", "studio", "lusotown", "lusotown_oficial", "admin_ana", "123", "___"}) {
    EXPECT_EQ(reason_of(check_not_reserved(kept)), "identity.username_reserved") << kept;
  }
  EXPECT_TRUE(check_not_reserved("administra"));
  EXPECT_TRUE(check_not_reserved("praca"));
}

TEST(Passwords, WhatAGuesserTriesFirstIsRefused) {
  for (const char* weak :
       {"password123", "Benfica1904!", "senhasenha", "Palavra-Passe1", "coração2024", "aaaaaaaaaaaa",
        "abababababab", "1234567890", "0987654321a", "qwertyuiop", "Qwertyuiop12", "anamaria1990",
        "amor amor amor", "SÃO PAULO 2023", "fado@exemplo1"}) {
    EXPECT_EQ(reason_of(check_password(weak, "anamaria", "fado@exemplo.pt")), "identity.weak_password")
        << weak;
  }
}

TEST(Passwords, LongOrOddEnoughOnesPass) {
  for (const char* good :
       {"uma frase longa e segura", "cavalo bateria agrafo", "Tr0ub4dor&3x", "água-pé com castanhas",
        "qwerty gosta de vinho", "x7!kQ9#mZ2", "パスワードは長いほうがいい"}) {
    EXPECT_TRUE(check_password(good, "anamaria", "fado@exemplo.pt")) << good;
  }
}

TEST(Passwords, LengthCountsCodePoints) {
  EXPECT_EQ(reason_of(check_password("çãõéí", "ana", "a@b.pt")), "api.invalid");
  EXPECT_EQ(reason_of(check_password(std::string(201, 'x') + "yzw", "ana", "a@b.pt")), "api.invalid");
}

TEST(Passwords, AreTheSameHoweverTheKeyboardComposesAccents) {
  EXPECT_EQ(normalised_password("cora\u00e7\u00e3o"), normalised_password("corac\u0327a\u0303o"));
}

TEST(DisplayNames, AreComposedTrimmedAndSingleSpaced) {
  EXPECT_EQ(clean_display_name("  Jose\u0301  \t da Silva ").value(), "Jos\u00e9 da Silva");
  EXPECT_EQ(clean_display_name("👩\u200d🎤 Ana").value(), "👩\u200d🎤 Ana");
}

TEST(DisplayNames, RefuseWhatHidesOrReordersText) {
  for (const char* bad : {"ana\u202egpj.exe", "a\u200bna", "a\u0007b", "\ue000"}) {
    EXPECT_EQ(clean_display_name(bad).error().reason, "identity.invalid_display_name") << bad;
  }
  EXPECT_EQ(clean_display_name("   ").error().field, "display_name");
  EXPECT_FALSE(clean_display_name(std::string(51, 'x')));
}

TEST(Emails, AreOneAddressInAnyCase) {
  EXPECT_EQ(email_key(" Ana.Maria@Exemplo.PT "), "ana.maria@exemplo.pt");
}

TEST(Bans, StaffActOnThoseBelowThem) {
  User viewer;
  viewer.id = UserId{1};
  User moderator;
  moderator.id = UserId{2};
  moderator.role = Role::moderator;

  EXPECT_TRUE(may_ban({.id = UserId{2}, .role = Role::moderator}, viewer));
  EXPECT_FALSE(may_ban({.id = UserId{3}, .role = Role::moderator}, moderator));
  EXPECT_TRUE(may_ban({.id = UserId{4}, .role = Role::admin}, moderator));
  EXPECT_FALSE(may_ban({.id = UserId{1}, .role = Role::admin}, viewer)) << "nobody bans themselves";
  EXPECT_TRUE(may_ban({.id = std::nullopt, .role = Role::admin}, moderator)) << "the command line may";
}

}  // namespace
}  // namespace luso::identity::rules
