-- The library as it is searched, and what has aired. A track's sound and its measurements stay in the catalogue's sidecars; a row here
-- follows its sidecar (control/library/step.py) and adds what only the office knows: whether it is approved, its score, who sent it.

-- unaccent() is only STABLE, since a dictionary may be changed; ours is named and never is, so an index may be built on it.
CREATE FUNCTION plain_letters(words text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN public.unaccent('public.unaccent'::regdictionary, words);

CREATE FUNCTION track_words(title text, artist text, album text, genre text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN setweight(to_tsvector('simple'::regconfig, plain_letters(title)), 'A')
        || setweight(to_tsvector('simple'::regconfig, plain_letters(artist)), 'B')
        || setweight(to_tsvector('simple'::regconfig, plain_letters(album || ' ' || genre)), 'C');

-- All words of a search, the last one as far as it has been typed. NULL, which matches nothing, if there is no word in it.
CREATE FUNCTION words_sought(words text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN CASE
        WHEN numnode(plainto_tsquery('simple'::regconfig, plain_letters(words))) = 0 THEN NULL
        ELSE (plainto_tsquery('simple'::regconfig, plain_letters(words))::text || ':*')::tsquery
    END;

CREATE TABLE tracks (
    id text PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 64),
    title text NOT NULL,
    artist text NOT NULL,
    album text NOT NULL DEFAULT '',
    genre text NOT NULL DEFAULT '',            -- in small letters
    station text NOT NULL DEFAULT '',          -- the only one that may air it; empty: any
    source text NOT NULL,                      -- library or studio (server/track.py)
    licence text NOT NULL DEFAULT '',          -- SPDX, or as the source words it; empty: not known
    provenance jsonb NOT NULL DEFAULT '{}',    -- how it came to be: backend, seed, container, codec
    seconds real NOT NULL,
    loudness_lufs real NOT NULL,
    bpm real,
    musical_key text,
    score double precision NOT NULL DEFAULT 0,
    approved boolean NOT NULL DEFAULT true,
    in_catalogue boolean NOT NULL DEFAULT false,  -- its sidecar is there and its file is not refused: it may air
    uploaded_by uuid REFERENCES accounts (id) ON DELETE SET NULL,
    uploaded_at timestamptz,
    file_bytes bigint NOT NULL DEFAULT 0,      -- of an upload
    document jsonb NOT NULL,                   -- the whole sidecar
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    search tsvector GENERATED ALWAYS AS (track_words(title, artist, album, genre)) STORED
);

CREATE INDEX tracks_genre_score ON tracks (genre, score DESC, id DESC);
CREATE INDEX tracks_approved_newest ON tracks (approved, created_at DESC, id DESC);
CREATE INDEX tracks_genre_approved_score ON tracks (genre, approved, score DESC, id DESC);
-- The key is asked for as it is, the tempo as a range: in this order both narrow the search. Many match, and only the first of them in
-- another order are wanted: so what that order needs stands in the index too, and the rows of the others are never read.
CREATE INDEX tracks_key_bpm ON tracks (musical_key, bpm) INCLUDE (approved, created_at, score, id);
CREATE INDEX tracks_bpm ON tracks (bpm) WHERE bpm IS NOT NULL;
CREATE INDEX tracks_search ON tracks USING gin (search);
CREATE INDEX tracks_approved_score ON tracks (score DESC, id DESC) WHERE approved;
CREATE INDEX tracks_uploads ON tracks (uploaded_by, uploaded_at) WHERE uploaded_by IS NOT NULL;

CREATE TABLE play_history (
    station text NOT NULL,
    entry_id text NOT NULL,
    track_id text NOT NULL,                    -- no reference: what has aired stays told when the track is gone
    title text NOT NULL,
    artist text NOT NULL,
    reason text NOT NULL,                      -- why it aired: queue, library, studio (server/track.py)
    started_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL,
    started_position bigint NOT NULL,          -- of the station's clock
    offset_seconds real NOT NULL DEFAULT 0,    -- how far into the track it began, after a restart in its middle
    PRIMARY KEY (station, started_at, entry_id)
);
CREATE INDEX play_history_by_track ON play_history (track_id, started_at DESC);

-- How far each station's history file has been read; moved in the transaction that adds its rows.
CREATE TABLE play_history_read (
    station text PRIMARY KEY,
    read_bytes bigint NOT NULL,
    mark bytea NOT NULL,                       -- a digest of what stands before that place: another file has another one
    read_at timestamptz NOT NULL DEFAULT now()
);
