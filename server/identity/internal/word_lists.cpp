#include "identity/internal/word_lists.h"

#include <array>

namespace luso::identity::internal {
namespace {

constexpr auto kReservedUsernames = std::to_array<std::string_view>({
    "about",      "abuse",     "account",     "accounts",  "admin",      "administrador", "administrator",
    "ajuda",      "anonimo",   "anonymous",   "api",       "app",        "assets",        "ban",
    "billing",    "blog",      "browse",      "calendar",  "calendario", "categoria",     "categorias",
    "categories", "category",  "chat",        "conta",     "contact",    "contacto",      "contato",
    "cookies",    "dashboard", "demo_admin",  "directory", "docs",       "download",      "email",
    "entrar",     "equipa",    "equipe",      "everyone",  "explorar",   "follow",        "following",
    "guest",      "healthz",   "help",        "here",      "hls",        "home",          "host",
    "inicio",     "jobs",      "legal",       "live",      "login",      "logout",        "luso",
    "mail",       "me",        "metrics",     "mod",       "moderacao",  "moderador",     "moderation",
    "moderator",  "mods",      "moedas",      "news",      "noreply",    "null",          "oficial",
    "official",   "owner",     "pagamentos",  "pages",     "password",   "payments",      "politica",
    "postmaster", "pricing",   "privacidade", "privacy",   "profile",    "readyz",        "register",
    "registar",   "registo",   "reset",       "root",      "rtmp",       "sair",          "search",
    "security",   "seguranca", "senha",       "settings",  "signin",     "signup",        "sistema",
    "staff",      "static",    "status",      "stream",    "streams",    "studio",        "suporte",
    "support",    "system",    "team",        "termos",    "terms",      "todos",         "undefined",
    "user",       "users",     "username",    "video",     "videos",     "webmaster",     "whep",
    "whip",       "www",
});

constexpr auto kReservedPrefixes =
    std::to_array<std::string_view>({"lusotown", "luso_town", "admin_", "staff_"});

constexpr auto kCommonPasswords = std::to_array<std::string_view>({
    // What it is.
    "password",
    "passwort",
    "passw",
    "pass",
    "senha",
    "minhasenha",
    "asenha",
    "palavrapasse",
    "palavrachave",
    "segredo",
    "contrasena",
    "secret",
    "letmein",
    "welcome",
    "login",
    "changeme",
    "default",
    "admin",
    "administrador",
    "root",
    "master",
    "entrar",
    "bemvindo",
    "temporaria",
    "mudar",
    "teste",
    "test",
    "testing",
    "user",
    "utilizador",
    "usuario",
    // What we love.
    "amor",
    "meuamor",
    "amormeu",
    "amote",
    "teamo",
    "euteamo",
    "amorzinho",
    "princesa",
    "princess",
    "anjinho",
    "estrela",
    "coracao",
    "felicidade",
    "saudade",
    "saudades",
    "familia",
    "deus",
    "jesus",
    "jesuscristo",
    "deusefiel",
    "fatima",
    "iloveyou",
    "lovely",
    "sunshine",
    "sol",
    "borboleta",
    "golfinho",
    "chocolate",
    "paz",
    "vida",
    "liberdade",
    // Where we are from.
    "portugal",
    "brasil",
    "brazil",
    "lisboa",
    "oporto",
    "angola",
    "mocambique",
    "caboverde",
    "luanda",
    "madeira",
    "acores",
    "algarve",
    "coimbra",
    "saopaulo",
    "riodejaneiro",
    "bahia",
    "salvador",
    "lusotown",
    "lusofonia",
    // Who we shout for.
    "benfica",
    "slbenfica",
    "benfiquista",
    "sporting",
    "sportingcp",
    "porto",
    "fcporto",
    "dragao",
    "braga",
    "flamengo",
    "corinthians",
    "palmeiras",
    "vasco",
    "santos",
    "gremio",
    "internacional",
    "cruzeiro",
    "botafogo",
    "fluminense",
    "ronaldo",
    "cristiano",
    "neymar",
    "futebol",
    "football",
    "campeao",
    // What everybody types.
    "qwerty",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "azerty",
    "abc",
    "abcd",
    "abcdef",
    "dragon",
    "monkey",
    "superman",
    "batman",
    "pokemon",
    "naruto",
    "starwars",
    "computador",
    "computer",
    "internet",
    "facebook",
    "instagram",
    "google",
    "minecraft",
    "fortnite",
    "hello",
    "whatever",
    "trustno",
    "mariana",
    "gabriel",
    "matheus",
    "rodrigo",
    "beatriz",
});

constexpr auto kKeyboardRuns = std::to_array<std::string_view>({
    "01234567890123456789",
    "98765432109876543210",
    "qwertyuiop",
    "poiuytrewq",
    "asdfghjkl",
    "lkjhgfdsa",
    "zxcvbnm",
    "mnbvcxz",
    "azertyuiop",
    "abcdefghijklmnopqrstuvwxyz",
    "zyxwvutsrqponmlkjihgfedcba",
    "1qaz2wsx3edc4rfv5tgb6yhn",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
});

}  // namespace

std::span<const std::string_view> reserved_usernames() {
  return kReservedUsernames;
}

std::span<const std::string_view> reserved_prefixes() {
  return kReservedPrefixes;
}

std::span<const std::string_view> common_passwords() {
  return kCommonPasswords;
}

std::span<const std::string_view> keyboard_runs() {
  return kKeyboardRuns;
}

}  // namespace luso::identity::internal
