-- Search that finds Portuguese the way people type it: without accents, in either spelling, in the singular or the plural.

CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- Words apart, in small letters without accents: what a search and what it searches are first made into.
CREATE FUNCTION search_fold(wanted text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT trim(regexp_replace(lower(public.unaccent('public.unaccent', wanted)), '[^[:alnum:]]+', ' ', 'g'))
$$;

-- The same as both shores write it. Stock stemmers keep transmissao and transmissoes apart, and the orthographies of 1945
-- and 1990; the pairs are those spellings, and words that differ between Lisbon and São Paulo.
CREATE FUNCTION search_normal(wanted text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
  pairs CONSTANT jsonb := '{
    "acto": "ato", "activo": "ativo", "actor": "ator", "actual": "atual", "arquitecto": "arquiteto", "arquitectura": "arquitetura",
    "baptismo": "batismo", "contacto": "contato", "directo": "direto", "directa": "direta", "egipto": "egito",
    "electrico": "eletrico", "exacto": "exato", "facto": "fato", "objecto": "objeto", "optimo": "otimo", "projecto": "projeto",
    "equipe": "equipa", "tela": "ecra", "celular": "telemovel", "celulare": "telemovel", "trem": "comboio",
    "onibus": "autocarro", "onibu": "autocarro", "gol": "golo", "torcida": "claque", "esporte": "desporto", "game": "jogo",
    "culinaria": "cozinha"}';
  folded text := public.search_fold(wanted);
BEGIN
  folded := regexp_replace(folded, '(cc|pc)(ao|oes)\M', 'cao', 'g');
  folded := regexp_replace(folded, '(?<!\mm)(oes|aes)\M', 'ao', 'g');                        -- But mães are mothers.
  folded := regexp_replace(folded, '\m(?!depois|demais|jamais)(\w\w+[aeou])is\M', '\1l', 'g');
  IF folded ~ '(ct|pt|equipe|tela|celular|trem|onibus|gol|torcida|esporte|game|culinaria)' THEN
    folded := (SELECT string_agg(coalesce(pairs ->> word, pairs ->> rtrim(word, 's'), word), ' ' ORDER BY place)
               FROM unnest(string_to_array(folded, ' ')) WITH ORDINALITY AS words (word, place));
  END IF;
  RETURN folded;
END $$;

-- The stemmer without its stop words: its list holds são, and São João is a feast.
CREATE TEXT SEARCH DICTIONARY luso_stem (TEMPLATE = snowball, Language = portuguese);
CREATE TEXT SEARCH CONFIGURATION luso (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION luso ALTER MAPPING FOR asciiword, word, numword WITH luso_stem;

CREATE FUNCTION search_document(wanted text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT to_tsvector('public.luso', public.search_normal(wanted))
$$;

-- Every word that says something has to be there; a search of nothing but small words takes them as they are. The last one
-- may be the beginning of a word, for suggestions.
CREATE FUNCTION search_query(wanted text, ends_open boolean DEFAULT false) RETURNS tsquery
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
  small CONSTANT text[] := '{a,ao,aos,as,ate,com,como,da,das,de,do,dos,e,em,entre,la,mais,mas,na,nas,no,nos,o,os,ou,para,pela,pelas,pelo,pelos,por,que,se,sem,seu,sua,um,uma,the,of,and,in,on}';
  words text[] := string_to_array(public.search_normal(wanted), ' ');
  telling text[];
  last text;
  open_query tsquery;
BEGIN
  telling := ARRAY(SELECT word FROM unnest(words) WITH ORDINALITY AS w (word, place)
                   WHERE word <> ALL (small) OR (ends_open AND place = cardinality(words)) ORDER BY place);
  IF telling = '{}' THEN telling := words; END IF;
  IF telling = '{}' THEN RETURN NULL; END IF;
  IF NOT ends_open THEN RETURN plainto_tsquery('public.luso', array_to_string(telling, ' ')); END IF;
  -- Folded words are letters and digits only, so one may stand in a query as it is.
  last := telling[cardinality(telling)];
  open_query := plainto_tsquery('public.luso', last) || (last || ':*')::tsquery;
  IF cardinality(telling) = 1 THEN RETURN open_query; END IF;
  RETURN plainto_tsquery('public.luso', array_to_string(telling[: cardinality(telling) - 1], ' ')) && open_query;
END $$;

-- Of a category: its names in all three languages, and what it is tagged with.
CREATE FUNCTION search_category_text(name_pt text, name_pt_br text, name_en text, tags text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT concat_ws(' ', name_pt, CASE WHEN name_pt_br <> name_pt THEN name_pt_br END, name_en, array_to_string(tags, ' '))
$$;
ALTER TABLE stream_categories
  ADD COLUMN search_words TEXT GENERATED ALWAYS AS
    (search_normal(search_category_text(name_pt, name_pt_br, name_en, tags))) STORED,
  ADD COLUMN search_document TSVECTOR GENERATED ALWAYS AS
    (search_document(search_category_text(name_pt, name_pt_br, name_en, tags))) STORED;

-- What can be found of a channel and of a stream. Apart from the rows they speak of, whose counts change by the second.
CREATE TABLE channel_search (
  channel_id BIGINT   PRIMARY KEY REFERENCES channels (id) ON DELETE CASCADE,
  words      TEXT     NOT NULL,  -- Its names, for what is misspelt.
  document   TSVECTOR NOT NULL   -- A its names, B category and tags, C its usual title, D what it says about itself.
);
CREATE TABLE stream_search (
  stream_id BIGINT   PRIMARY KEY REFERENCES streams (id) ON DELETE CASCADE,
  words     TEXT     NOT NULL,   -- Its title, for what is misspelt.
  document  TSVECTOR NOT NULL    -- A its title, B category and tags, C its channel's names.
);
CREATE INDEX channel_search_document ON channel_search USING gin (document);
CREATE INDEX channel_search_words ON channel_search USING gin (words gin_trgm_ops);
CREATE INDEX channel_search_prefix ON channel_search (words text_pattern_ops);
CREATE INDEX stream_search_document ON stream_search USING gin (document);
CREATE INDEX stream_search_words ON stream_search USING gin (words gin_trgm_ops);
CREATE INDEX streams_live_newest ON streams (started_at DESC, id DESC) WHERE is_live;

-- In plpgsql, whose plans are kept: planning costs more than the work.
CREATE FUNCTION refresh_channel_search(wanted bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO channel_search (channel_id, words, document)
  SELECT c.id, search_normal(c.display_name || ' ' || u.username),
         setweight(search_document(c.display_name || ' ' || u.username), 'A') || setweight(k.search_document, 'B') ||
         setweight(search_document(c.default_title), 'C') || setweight(search_document(c.description), 'D')
  FROM channels c
  JOIN users u ON u.id = c.user_id
  JOIN stream_categories k ON k.slug = c.default_category
  WHERE c.id = ANY (wanted)
  ON CONFLICT (channel_id) DO UPDATE SET words = excluded.words, document = excluded.document;
END $$;

CREATE FUNCTION refresh_stream_search(wanted bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO stream_search (stream_id, words, document)
  SELECT s.id, search_normal(s.title),
         setweight(search_document(s.title), 'A') || setweight(k.search_document, 'B') ||
         setweight(search_document(c.display_name || ' ' || u.username), 'C')
  FROM streams s
  JOIN users u ON u.id = s.user_id
  JOIN channels c ON c.user_id = s.user_id
  JOIN stream_categories k ON k.slug = s.category
  WHERE s.id = ANY (wanted)
  ON CONFLICT (stream_id) DO UPDATE SET words = excluded.words, document = excluded.document;
END $$;

-- By trigger, in the transaction that changed what was said: nobody has to remember to index.
CREATE FUNCTION search_follows_stream() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_stream_search(ARRAY[NEW.id]);
  RETURN NULL;
END $$;
CREATE TRIGGER streams_searched AFTER INSERT OR UPDATE OF title, category ON streams
  FOR EACH ROW EXECUTE FUNCTION search_follows_stream();

CREATE FUNCTION search_follows_channel() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_channel_search(ARRAY[NEW.id]);
  IF TG_OP = 'UPDATE' AND NEW.display_name <> OLD.display_name THEN
    PERFORM refresh_stream_search(ARRAY(SELECT id FROM streams WHERE user_id = NEW.user_id));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER channels_searched
  AFTER INSERT OR UPDATE OF display_name, description, default_title, default_category ON channels
  FOR EACH ROW EXECUTE FUNCTION search_follows_channel();

CREATE FUNCTION search_follows_username() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_channel_search(ARRAY(SELECT id FROM channels WHERE user_id = NEW.id));
  PERFORM refresh_stream_search(ARRAY(SELECT id FROM streams WHERE user_id = NEW.id));
  RETURN NULL;
END $$;
CREATE TRIGGER users_searched AFTER UPDATE OF username ON users
  FOR EACH ROW WHEN (NEW.username <> OLD.username) EXECUTE FUNCTION search_follows_username();

CREATE FUNCTION search_follows_category() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_channel_search(ARRAY(SELECT id FROM channels WHERE default_category = NEW.slug));
  PERFORM refresh_stream_search(ARRAY(SELECT id FROM streams WHERE category = NEW.slug));
  RETURN NULL;
END $$;
CREATE TRIGGER categories_searched AFTER UPDATE ON stream_categories
  FOR EACH ROW WHEN (NEW.search_words <> OLD.search_words) EXECUTE FUNCTION search_follows_category();

-- What sounds like it, for the second pass: 0.5 finds Caruaru for karuaru. The setting belongs to the functions, so that
-- the index is asked with it; the first statement makes sure that the extension which knows the setting is loaded.
SELECT similarity('', '');
CREATE FUNCTION search_similar_channels(folded text) RETURNS TABLE (channel_id bigint, likeness real)
LANGUAGE sql STABLE STRICT SET pg_trgm.word_similarity_threshold = 0.5 AS $$
  SELECT channel_id, word_similarity(folded, words) FROM channel_search WHERE folded <% words ORDER BY 2 DESC LIMIT 50
$$;
CREATE FUNCTION search_similar_streams(folded text) RETURNS TABLE (stream_id bigint, likeness real)
LANGUAGE sql STABLE STRICT SET pg_trgm.word_similarity_threshold = 0.5 AS $$
  SELECT stream_id, word_similarity(folded, words) FROM stream_search WHERE folded <% words ORDER BY 2 DESC LIMIT 50
$$;

SELECT refresh_channel_search(ARRAY(SELECT id FROM channels));
SELECT refresh_stream_search(ARRAY(SELECT id FROM streams));
