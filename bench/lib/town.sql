-- A town of :channels channels with names such as people give, one in three written as one word, half of them with a stream
-- that ended today and one in a hundred on air. Always the same rows: nothing is drawn by chance.
CREATE TEMP TABLE piece AS SELECT
 string_to_array('Ana Maria João José António Francisco Carlos Paulo Pedro Lucas Luiz Marcos Luís Gabriel Rafael Daniel Marcelo Bruno Eduardo Felipe Raimundo Rodrigo Manuel Nelson Adriana Juliana Márcia Fernanda Patrícia Aline Sandra Camila Amanda Bruna Jéssica Letícia Júlia Luciana Vanessa Mariana Gonçalo Tiago Inês Beatriz Matilde Leonor Catarina Joaquim Domingos Celeste Aurora Zuleica Nádia Edson Hélder Mário Cesária Amílcar Xanana Rosa Teresa', ' ') AS given,
 string_to_array('Silva Santos Oliveira Souza Pereira Lima Carvalho Ferreira Ribeiro Rodrigues Almeida Costa Gomes Martins Araújo Barbosa Rocha Alves Fernandes Pinto Lopes Cardoso Teixeira Cavalcanti Monteiro Mendes Nunes Moreira Correia Batista Freitas Campos Miranda Neves Machado Duarte Vieira Ramos Moura Tavares Guimarães Magalhães Figueiredo Nascimento Évora Lobo Cabral Neto Mateus Guterres Belo Soares Andrade Xavier Assis Queirós Saramago Couto Agualusa Pepetela', ' ') AS family,
 string_to_array('Fado Samba Morna Funaná Kizomba Semba Marrabenta Forró Choro Bossa Capoeira Futebol Cozinha Receitas Conversa Notícias Xadrez Guitarra Viola Cavaquinho Tertúlia Serão Baile Festa Feira Mercado Praça Rua Casa Quintal Varanda Tasca Padaria Café Rádio Estúdio Oficina Atelier Escola Aula Treino Corrida Pesca Surf Praia Serra Ilha Rio Mar Sertão Caatinga Pantanal Jogos Torneio Código Robôs Ciência História Poesia Teatro Cinema Banda Coro Batuque Tambor Sanfona Acordeão', ' ') AS theme,
 string_to_array('Lisboa Porto Coimbra Braga Faro Évora Viseu Guarda Bragança Funchal Ponta_Delgada Luanda Benguela Huambo Lobito Maputo Beira Nampula Praia Mindelo Bissau Bafatá São_Tomé Díli Baucau Macau Recife Salvador Fortaleza Natal Manaus Belém Cuiabá Goiânia Brasília Curitiba Florianópolis Porto_Alegre Caruaru Olinda Ouro_Preto Paraty Niterói Campinas Santos Londrina', ' ') AS place;
CREATE TEMP TABLE made AS
SELECT i, replace(CASE i % 5
   WHEN 0 THEN p.given[1 + (i * 7919 / 3) % array_length(given,1)] || ' ' || p.family[1 + (i * 104729 / 7) % array_length(family,1)]
   WHEN 1 THEN p.theme[1 + (i * 7919 / 5) % array_length(theme,1)] || ' de ' || p.place[1 + (i * 104729 / 11) % array_length(place,1)]
   WHEN 2 THEN p.theme[1 + (i * 7919 / 5) % array_length(theme,1)] || ' com ' || p.given[1 + (i * 104729 / 13) % array_length(given,1)]
   WHEN 3 THEN 'Canal ' || p.given[1 + (i * 7919 / 3) % array_length(given,1)] || ' ' || p.theme[1 + (i * 104729 / 17) % array_length(theme,1)]
   ELSE p.given[1 + (i * 7919 / 3) % array_length(given,1)] || ' ' || p.family[1 + (i * 31 / 7) % array_length(family,1)] || ' ' || p.place[1 + (i * 104729 / 19) % array_length(place,1)] END, '_', ' ') AS name,
  p.theme[1 + (i * 3571 / 23) % array_length(theme,1)] || ' em direto de ' || replace(p.place[1 + (i * 15485863 / 29) % array_length(place,1)], '_', ' ') AS title
FROM generate_series(1::bigint, :channels) i, piece p;
ANALYZE made;
INSERT INTO users (username, display_name, email, email_key, password_hash, role)
 SELECT CASE WHEN i = 1 THEN 'canal_1' ELSE left(replace(search_fold(name), ' ', CASE i % 3 WHEN 0 THEN '' ELSE '_' END), 18) || CASE i % 3 WHEN 0 THEN '' ELSE '_' END || i END, name, 'c' || i || '@exemplo.pt', 'c' || i || '@exemplo.pt', '-', 'creator' FROM made ORDER BY i;
ANALYZE users;
INSERT INTO channels (user_id, display_name, default_title, default_category, region, followers_count, description)
 SELECT u.id, m.name, m.title, k.slug, (ARRAY['br','pt','ao','mz','cv','gw','st','tl','mo','diaspora',NULL])[1 + i % 11]::region, (:channels / i), 'Todas as semanas: ' || m.title
 FROM made m JOIN users u ON u.email = 'c' || i || '@exemplo.pt'
 JOIN (SELECT slug, row_number() OVER (ORDER BY slug) - 1 AS n, count(*) OVER () AS c FROM stream_categories) k ON k.n = i % k.c;
INSERT INTO streams (user_id, title, stream_key, category, state, started_at, ended_at, viewer_count)
 SELECT c.user_id, c.default_title, 'key' || c.id, c.default_category, CASE WHEN c.id % 50 = 0 THEN 'live' ELSE 'ended' END, now() - interval '1 day' , CASE WHEN c.id % 50 <> 0 THEN now() - interval '20 hours' END, CASE WHEN c.id % 50 = 0 THEN c.id % 700 ELSE 0 END
 FROM channels c WHERE c.id % 2 = 0;
ANALYZE;
