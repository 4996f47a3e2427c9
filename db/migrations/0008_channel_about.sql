-- What a channel says of itself beside its description, where else it can be found, and who may show it in their pages.

CREATE TABLE channel_panels (
  channel_id BIGINT        NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  position   SMALLINT      NOT NULL CHECK (position BETWEEN 1 AND 10),
  title      VARCHAR(60)   NOT NULL CHECK (title <> ''),
  body       VARCHAR(3000) NOT NULL,
  PRIMARY KEY (channel_id, position)
);

CREATE TABLE channel_links (
  channel_id BIGINT       NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  position   SMALLINT     NOT NULL CHECK (position BETWEEN 1 AND 8),
  label      VARCHAR(40)  NOT NULL CHECK (label <> ''),
  url        VARCHAR(300) NOT NULL CHECK (url LIKE 'https://%'),
  PRIMARY KEY (channel_id, position)
);

-- Hosts whose pages may hold the channel's player in a frame; '*' is anybody, an empty list nobody.
ALTER TABLE channels ADD COLUMN embed_hosts TEXT[] NOT NULL DEFAULT '{*}' CHECK (cardinality(embed_hosts) <= 20);
