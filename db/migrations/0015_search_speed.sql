-- Search as quick in a town of a hundred thousand channels as in a village: what a place in the list depends on stands
-- beside the words, and what is misspelt is looked up among the words that exist instead of in every name.

-- How well known a channel is, in steps of about a tenth, so that hardly any follow writes here.
CREATE FUNCTION search_renown(followers integer) RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT round(10 * ln(1 + followers))::smallint
$$;

-- Filled at the end of this file.
ALTER TABLE channel_search
  ADD COLUMN user_id  BIGINT   NOT NULL DEFAULT 0,
  ADD COLUMN language TEXT     NOT NULL DEFAULT '',
  ADD COLUMN renown   SMALLINT NOT NULL DEFAULT 0,
  ADD COLUMN is_live  BOOLEAN  NOT NULL DEFAULT false,
  ADD COLUMN names    TSVECTOR NOT NULL DEFAULT '';     -- Its names alone, for suggestions.
ALTER TABLE stream_search
  ADD COLUMN user_id  BIGINT   NOT NULL DEFAULT 0,
  ADD COLUMN language TEXT     NOT NULL DEFAULT '',
  ADD COLUMN is_live  BOOLEAN  NOT NULL DEFAULT false,
  ADD COLUMN ended_at TIMESTAMPTZ;                      -- Null: on air, or never was.

DROP INDEX channel_search_words, channel_search_prefix, stream_search_words;
CREATE INDEX channel_search_names ON channel_search USING gin (names);
CREATE INDEX channel_search_renown ON channel_search (renown DESC, channel_id);
CREATE INDEX channel_search_on_air ON channel_search (renown DESC, channel_id) WHERE is_live;
CREATE INDEX stream_search_on_air ON stream_search USING gin (document) WHERE is_live;
CREATE INDEX streams_live_of_category ON streams (category) WHERE is_live;

-- Every word of a name or a title, once.
CREATE TABLE search_words (word TEXT PRIMARY KEY);
CREATE INDEX search_words_alike ON search_words USING gin (word gin_trgm_ops);

-- Those that a misspelling can be meant for: not numbers, nor two letters.
CREATE FUNCTION search_words_of(words text) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT DISTINCT word FROM unnest(string_to_array(words, ' ')) AS word WHERE length(word) >= 3 AND word ~ '[^0-9]'
$$;

-- New words come in their order, so that two who bring the same ones wait for each other and do not lock each other out.
CREATE FUNCTION search_learn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO search_words SELECT word FROM search_words_of(NEW.words) AS word ORDER BY word ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;

-- A word goes with the last name that has it: an erased account leaves none behind. Who takes up the word in the very
-- moment in which it goes does without corrections to it until it is written again.
CREATE FUNCTION search_forget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM search_words w
  USING (SELECT search_words_of(OLD.words) AS gone EXCEPT SELECT search_words_of(NEW.words)) AS left_out
  WHERE w.word = gone
    AND NOT EXISTS (SELECT FROM channel_search d WHERE d.document @@ plainto_tsquery('public.luso', gone))
    AND NOT EXISTS (SELECT FROM stream_search d WHERE d.document @@ plainto_tsquery('public.luso', gone));
  RETURN NULL;
END $$;

CREATE TRIGGER channel_words_come AFTER INSERT ON channel_search FOR EACH ROW EXECUTE FUNCTION search_learn();
CREATE TRIGGER stream_words_come AFTER INSERT ON stream_search FOR EACH ROW EXECUTE FUNCTION search_learn();
CREATE TRIGGER channel_words_change AFTER UPDATE OF words ON channel_search
  FOR EACH ROW WHEN (NEW.words <> OLD.words) EXECUTE FUNCTION search_learn();
CREATE TRIGGER stream_words_change AFTER UPDATE OF words ON stream_search
  FOR EACH ROW WHEN (NEW.words <> OLD.words) EXECUTE FUNCTION search_learn();
CREATE TRIGGER channel_words_left AFTER UPDATE OF words ON channel_search
  FOR EACH ROW WHEN (NEW.words <> OLD.words) EXECUTE FUNCTION search_forget();
CREATE TRIGGER stream_words_left AFTER UPDATE OF words ON stream_search
  FOR EACH ROW WHEN (NEW.words <> OLD.words) EXECUTE FUNCTION search_forget();
CREATE TRIGGER channel_words_go AFTER DELETE ON channel_search FOR EACH ROW EXECUTE FUNCTION search_forget();
CREATE TRIGGER stream_words_go AFTER DELETE ON stream_search FOR EACH ROW EXECUTE FUNCTION search_forget();

CREATE OR REPLACE FUNCTION refresh_channel_search(wanted bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO channel_search (channel_id, words, document, user_id, language, renown, is_live, names)
  SELECT c.id, search_normal(own.names), setweight(own.document, 'A') || setweight(k.search_document, 'B') ||
         setweight(search_document(c.default_title), 'C') || setweight(search_document(c.description), 'D'),
         c.user_id, c.language, search_renown(c.followers_count), EXISTS (SELECT FROM channels_on_air a WHERE a.user_id = c.user_id),
         own.document
  FROM channels c
  JOIN users u ON u.id = c.user_id
  JOIN stream_categories k ON k.slug = c.default_category
  CROSS JOIN LATERAL (SELECT c.display_name || ' ' || u.username AS names, search_document(c.display_name || ' ' || u.username) AS document) AS own
  WHERE c.id = ANY (wanted)
  ON CONFLICT (channel_id) DO UPDATE SET
    words = excluded.words, document = excluded.document, language = excluded.language, renown = excluded.renown,
    is_live = excluded.is_live, names = excluded.names, user_id = excluded.user_id;
END $$;

CREATE OR REPLACE FUNCTION refresh_stream_search(wanted bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO stream_search (stream_id, words, document, user_id, language, is_live, ended_at)
  SELECT s.id, search_normal(s.title),
         setweight(search_document(s.title), 'A') || setweight(k.search_document, 'B') ||
         setweight(search_document(c.display_name || ' ' || u.username), 'C'),
         s.user_id, s.language, s.is_live, CASE WHEN s.state = 'ended' AND s.started_at IS NOT NULL THEN s.ended_at END
  FROM streams s
  JOIN users u ON u.id = s.user_id
  JOIN channels c ON c.user_id = s.user_id
  JOIN stream_categories k ON k.slug = s.category
  WHERE s.id = ANY (wanted)
  ON CONFLICT (stream_id) DO UPDATE SET
    words = excluded.words, document = excluded.document, user_id = excluded.user_id, language = excluded.language,
    is_live = excluded.is_live, ended_at = excluded.ended_at;
END $$;

-- What changes without a word being written: on air and off again, language, renown.
CREATE FUNCTION search_follows_air() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    UPDATE stream_search SET language = NEW.language, is_live = NEW.is_live,
      ended_at = CASE WHEN NEW.state = 'ended' AND NEW.started_at IS NOT NULL THEN NEW.ended_at END
    WHERE stream_id = NEW.id;
  END IF;
  UPDATE channel_search d SET is_live = a.is_live
  FROM (SELECT EXISTS (SELECT FROM channels_on_air a WHERE a.user_id = coalesce(NEW.user_id, OLD.user_id)) AS is_live) a
  WHERE d.user_id = coalesce(NEW.user_id, OLD.user_id) AND d.is_live <> a.is_live;
  RETURN NULL;
END $$;
CREATE TRIGGER streams_searched_anew AFTER INSERT OR DELETE OR UPDATE OF state, started_at, ended_at, language ON streams
  FOR EACH ROW EXECUTE FUNCTION search_follows_air();

CREATE FUNCTION search_follows_renown() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE channel_search SET language = NEW.language, renown = search_renown(NEW.followers_count) WHERE channel_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER channels_searched_anew AFTER UPDATE OF followers_count, language ON channels
  FOR EACH ROW WHEN (search_renown(NEW.followers_count) <> search_renown(OLD.followers_count) OR NEW.language <> OLD.language)
  EXECUTE FUNCTION search_follows_renown();

-- What a misspelt search may have meant: each word that nobody uses becomes the nearest that somebody does, by the
-- three-letter pieces they share; a word like none is left out, while at least half of them remain. Null: no idea.
DROP FUNCTION search_similar_channels, search_similar_streams;
CREATE FUNCTION search_query_alike(wanted text) RETURNS tsquery
LANGUAGE plpgsql STABLE STRICT SET pg_trgm.similarity_threshold = 0.3 AS $$
DECLARE
  asked text[] := ARRAY(SELECT search_words_of(search_normal(wanted)));
  one text;
  meant tsquery;
  found tsquery;
  understood integer := 0;
BEGIN
  FOREACH one IN ARRAY asked LOOP
    -- Those nearly as near as the nearest.
    SELECT string_agg(plainto_tsquery('public.luso', near.word)::text, ' | ')::tsquery INTO meant
    FROM (SELECT w.word, similarity(w.word, one) AS likeness, max(similarity(w.word, one)) OVER () AS likeness_max
          FROM search_words w WHERE w.word % one ORDER BY likeness DESC, w.word LIMIT 4) near
    WHERE near.likeness >= near.likeness_max - 0.05;
    IF numnode(meant) > 0 THEN
      found := coalesce(found && meant, meant);
      understood := understood + 1;
    END IF;
  END LOOP;
  RETURN CASE WHEN 2 * understood >= cardinality(asked) THEN found END;
END $$;

SELECT refresh_channel_search(ARRAY(SELECT id FROM channels));
SELECT refresh_stream_search(ARRAY(SELECT id FROM streams));
ALTER TABLE channel_search
  ALTER COLUMN user_id DROP DEFAULT, ALTER COLUMN language DROP DEFAULT, ALTER COLUMN names DROP DEFAULT,
  ADD CONSTRAINT channel_search_of_user UNIQUE (user_id),
  ADD FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE;
ALTER TABLE stream_search
  ALTER COLUMN user_id DROP DEFAULT, ALTER COLUMN language DROP DEFAULT,
  ADD FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE;
CREATE INDEX stream_search_of_user ON stream_search (user_id);
INSERT INTO search_words
  SELECT word FROM channel_search, search_words_of(words) AS word UNION SELECT word FROM stream_search, search_words_of(words) AS word
  ON CONFLICT DO NOTHING;
