-- What the ears say of a track (dsp/hearing.py), as far as it is searched, sorted or compared. The whole of it stands in `document`.

ALTER TABLE tracks
    ADD COLUMN wheel integer,                  -- the key's place on the Camelot wheel: twice the hour, and one more for major; 8A is 16
    ADD COLUMN energy real,                    -- 0 to 1
    ADD COLUMN quality real,                   -- 0 to 1
    ADD COLUMN features real[],                -- as they were heard
    ADD COLUMN features_model text,            -- by whom; vectors of different models are never compared
    ADD COLUMN likeness real[],                -- the features, whitened over the library, of length 1; NULL: the worker has not come to it
    ADD COLUMN fingerprint integer[],          -- Chromaprint's values, read as signed numbers
    ADD COLUMN fingerprint_index integer[],    -- their upper 28 bits, each once, without silence
    ADD COLUMN compared boolean NOT NULL DEFAULT false;  -- with all others, for copies

-- Lists are sorted by these. What is not known stands at 0.
CREATE INDEX tracks_by_bpm ON tracks ((coalesce(bpm, 0)), id) WHERE approved;
CREATE INDEX tracks_by_wheel ON tracks ((coalesce(wheel, 0)), id) WHERE approved;
CREATE INDEX tracks_by_energy ON tracks ((coalesce(energy, 0)), id) WHERE approved;
CREATE INDEX tracks_wheel_bpm ON tracks (wheel, bpm) INCLUDE (approved, created_at, score, id);
CREATE INDEX tracks_not_compared ON tracks (id) WHERE NOT compared;
CREATE INDEX tracks_not_whitened ON tracks (id) WHERE features IS NOT NULL AND likeness IS NULL;

-- PostgreSQL's own operators for arrays. The extension intarray has others of the same name, which this index would not serve: it must
-- not be installed in this schema.
CREATE INDEX tracks_fingerprint ON tracks USING gin (fingerprint_index);

-- How the features of one model are made comparable: less the mean, over the spread. Fitted anew as the library grows.
CREATE TABLE whitenings (
    model text PRIMARY KEY,
    means real[] NOT NULL,
    spreads real[] NOT NULL,
    tracks integer NOT NULL,                   -- over how many it was fitted
    fitted_at timestamptz NOT NULL DEFAULT now()
);

-- Pairs that are the same recording, or may be.
CREATE TABLE duplicates (
    one text NOT NULL REFERENCES tracks (id) ON DELETE CASCADE,
    other text NOT NULL REFERENCES tracks (id) ON DELETE CASCADE,
    likeness real NOT NULL,                    -- 0 to 1, by the measure of what found it
    found_by text NOT NULL CHECK (found_by IN ('fingerprint', 'features')),
    certain boolean NOT NULL,                  -- false: somebody should listen
    found_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (one, other),
    CHECK (one < other)
);
CREATE INDEX duplicates_other ON duplicates (other);
