-- Finding an account by a part of its address or name, and limits that were changed while the station runs.

CREATE INDEX accounts_words ON accounts USING gin (lower(email::text || ' ' || name) gin_trgm_ops);

CREATE TABLE house_limits (
    name text PRIMARY KEY,
    times integer NOT NULL CHECK (times > 0),
    seconds integer NOT NULL CHECK (seconds > 0),
    changed_at timestamptz NOT NULL
);
