-- The words of the chat that are pictures: each with the corner of the lusophone world it comes from and what it means there.

-- Rows come from db/seed/emotes.json at every migration; the pictures, db/seed/emotes/{slug}.svg, travel in the binary.
CREATE TABLE emotes (
  id               BIGSERIAL    PRIMARY KEY,
  slug             VARCHAR(25)  NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]{2,25}$'),
  code             VARCHAR(27)  NOT NULL GENERATED ALWAYS AS (':' || slug || ':') STORED,
  kind             VARCHAR(12)  NOT NULL CHECK (kind IN ('reaction', 'feeling', 'chat', 'celebration', 'music', 'food', 'sport')),
  scope            VARCHAR(8)   NOT NULL DEFAULT 'global' CHECK (scope IN ('global')),
  regions          region[]     NOT NULL DEFAULT '{}',  -- None is everywhere.
  animated         BOOLEAN      NOT NULL DEFAULT false,
  name_pt          VARCHAR(50)  NOT NULL,
  name_pt_br       VARCHAR(50)  NOT NULL,
  name_en          VARCHAR(50)  NOT NULL,
  context_pt       VARCHAR(200) NOT NULL,
  context_pt_br    VARCHAR(200) NOT NULL,
  context_en       VARCHAR(200) NOT NULL,
  unicode_fallback VARCHAR(20)  NOT NULL,
  aliases          TEXT[]       NOT NULL DEFAULT '{}',
  variant_of       VARCHAR(25)  REFERENCES emotes (slug) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
  notes            TEXT         NOT NULL DEFAULT '',    -- For those who moderate and those who draw; not shown.
  sort_order       INTEGER      NOT NULL DEFAULT 0
);
