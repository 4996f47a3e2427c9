-- A sitemap tells search engines when a channel's page last changed, so that they come back for news and only for news.

ALTER TABLE channels ADD COLUMN updated_at TIMESTAMPTZ;
UPDATE channels SET updated_at = created_at;
ALTER TABLE channels ALTER COLUMN updated_at SET DEFAULT now(), ALTER COLUMN updated_at SET NOT NULL;

-- Whatever an owner changes, in columns of today and of later. A follower more is no news.
CREATE FUNCTION stamp_channel() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at = now();
  RETURN NEW;
END $$;
CREATE TRIGGER channels_stamped BEFORE UPDATE ON channels FOR EACH ROW
  WHEN (OLD.followers_count IS NOT DISTINCT FROM NEW.followers_count) EXECUTE FUNCTION stamp_channel();
