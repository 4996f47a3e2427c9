#pragma once

#include <array>
#include <string_view>
#include <vector>

// Twenty titles as people write them, and thirty-two searches as people type them: with and without accents,
// in the singular and the plural, in the old and the new spelling.
namespace luso::discovery {

inline constexpr auto kTitles = std::to_array<std::string_view>({
    "São João de Caruaru: transmissão ao vivo",
    "Noite de fado em direto de Lisboa",
    "Músicas de Cabo Verde - morna e coladeira",
    "Corações partidos: canções da Amália",
    "Ação solidária por Moçambique",
    "Futebol: Benfica x Porto, equipa completa",
    "Aula de capoeira com mestre João",
    "Notícias de Angola",
    "Pães e bolos da avó",
    "Réveillon em Copacabana",
    "Eleições em direto",
    "Treino da equipe do Flamengo",
    "Receitas de cachupa",
    "Kizomba e semba ao vivo",
    "Não há festa como esta",
    "Festas Juninas",
    "Campeões de xadrez",
    "Conversas de café com o António",
    "Bate-papo com Antônio Nóbrega",
    "Aviões e aeroportos",
});

struct SearchedTitle {
  std::string_view query;
  std::vector<std::size_t> titles;  // Counted from one.
};

inline std::vector<SearchedTitle> searched_titles() {
  return {
      {.query = "sao joao", .titles = {1}},      {.query = "São João", .titles = {1}},
      {.query = "transmissoes", .titles = {1}},  {.query = "transmissões", .titles = {1}},
      {.query = "musica", .titles = {3}},        {.query = "música", .titles = {3}},
      {.query = "coracao", .titles = {4}},       {.query = "coração", .titles = {4}},
      {.query = "cancao", .titles = {4}},        {.query = "canção", .titles = {4}},
      {.query = "acao", .titles = {5}},          {.query = "accao", .titles = {5}},
      {.query = "acção", .titles = {5}},         {.query = "equipe", .titles = {6, 12}},
      {.query = "equipa", .titles = {6, 12}},    {.query = "noticia", .titles = {8}},
      {.query = "pao", .titles = {9}},           {.query = "pão", .titles = {9}},
      {.query = "reveillon", .titles = {10}},    {.query = "eleicao", .titles = {11}},
      {.query = "eleição", .titles = {11}},      {.query = "receita", .titles = {13}},
      {.query = "festa junina", .titles = {16}}, {.query = "campeao", .titles = {17}},
      {.query = "campeão", .titles = {17}},      {.query = "antonio", .titles = {18, 19}},
      {.query = "António", .titles = {18, 19}},  {.query = "Antônio", .titles = {18, 19}},
      {.query = "aviao", .titles = {20}},        {.query = "avião", .titles = {20}},
      {.query = "canções", .titles = {4}},       {.query = "joao", .titles = {1, 7}},
  };
}

}  // namespace luso::discovery
