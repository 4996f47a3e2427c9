-- Where in the lusophone world somebody speaks from, so that every corner of it can be found and is seen.

-- Null is not said. Mozambique and Macau have their ISO codes; whoever lives elsewhere is the diaspora.
CREATE DOMAIN region AS VARCHAR(8)
  CHECK (VALUE IN ('br', 'pt', 'ao', 'mz', 'cv', 'gw', 'st', 'tl', 'mo', 'diaspora'));
ALTER TABLE users ADD COLUMN region region;
ALTER TABLE channels ADD COLUMN region region;
CREATE INDEX channels_by_region ON channels (region) WHERE region IS NOT NULL;
