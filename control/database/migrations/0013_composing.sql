-- What the composer has asked for, what was learnt of it, and what language models have cost. The rules of learning stand in
-- generation/bandit/; here is its memory.

CREATE TABLE commissions (
    brief_id text PRIMARY KEY CHECK (length(brief_id) BETWEEN 1 AND 64),  -- the take's id too
    station text NOT NULL,
    genre text NOT NULL,
    variant text NOT NULL,
    composed_by text NOT NULL,                 -- rules, or a provider and its model
    microdollars bigint NOT NULL CHECK (microdollars >= 0),
    document jsonb NOT NULL,                   -- the whole brief
    composed_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX commissions_latest ON commissions (station, composed_at DESC);

CREATE TABLE arms (
    station text NOT NULL,
    genre text NOT NULL,
    variant text NOT NULL,
    gains double precision NOT NULL CHECK (gains >= 0),
    losses double precision NOT NULL CHECK (losses >= 0),
    doubt double precision NOT NULL DEFAULT 0, -- what speaks against both (generation/bandit/arm.py)
    credited_total bigint NOT NULL DEFAULT 0,  -- airings, never forgotten
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (station, genre, variant)
);

CREATE TABLE receptions (
    station text NOT NULL,
    entry_id text NOT NULL CHECK (length(entry_id) BETWEEN 1 AND 64),
    brief_id text NOT NULL REFERENCES commissions (brief_id) ON DELETE CASCADE,
    exposed integer NOT NULL,
    ups integer NOT NULL,
    downs integer NOT NULL,
    skips integer NOT NULL,
    listened_seconds double precision NOT NULL,
    offered_seconds double precision NOT NULL,
    reward double precision NOT NULL CHECK (reward BETWEEN 0 AND 1),
    weight double precision NOT NULL CHECK (weight BETWEEN 0 AND 1),
    credited_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (station, entry_id)            -- so that an airing that is told twice counts once
);

CREATE INDEX receptions_brief ON receptions (brief_id);

-- Who heard an airing of the studio's at one front. Each front tells its own part when the airing is over; the sum of all is its audience.
CREATE TABLE audiences (
    station text NOT NULL,
    entry_id text NOT NULL CHECK (length(entry_id) BETWEEN 1 AND 64),
    front text NOT NULL,                       -- one process: another one after each start
    began_at timestamptz NOT NULL,             -- an airing that a restart has split has two parts
    exposed integer NOT NULL CHECK (exposed >= 0),
    left_early integer NOT NULL CHECK (left_early >= 0),
    listened_seconds double precision NOT NULL,
    offered_seconds double precision NOT NULL,
    told_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (station, entry_id, front, began_at)
);

CREATE INDEX audiences_oldest ON audiences USING brin (told_at);

CREATE TABLE llm_days (
    day date PRIMARY KEY,
    microdollars bigint NOT NULL CHECK (microdollars >= 0)  -- spent, and set aside for calls that are being made
);

CREATE TABLE llm_calls (
    day date NOT NULL,
    provider text NOT NULL,
    model text NOT NULL,
    ending text NOT NULL,                      -- valid, or why it failed
    calls bigint NOT NULL,
    tokens_in bigint NOT NULL,
    tokens_out bigint NOT NULL,
    microdollars bigint NOT NULL,
    latest_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (day, provider, model, ending)
);

-- Ideas that were ordered ahead, many in one batch: so that a process that starts anew knows what is still to be collected.
CREATE TABLE llm_batches (
    provider text NOT NULL,
    batch text NOT NULL CHECK (length(batch) BETWEEN 1 AND 128),
    handed_in_at timestamptz NOT NULL DEFAULT now(),
    day date NOT NULL,                         -- whose budget the money was taken from
    held_microdollars bigint NOT NULL CHECK (held_microdollars >= 0),
    ideas integer NOT NULL,                    -- that were ordered
    until_at timestamptz NOT NULL,             -- the end of the last hour it is for
    answered integer,                          -- how many came; NULL until it is collected
    booked_at timestamptz,                     -- when its cost was put in the place of what was held; once
    PRIMARY KEY (provider, batch)
);

CREATE INDEX llm_batches_ahead ON llm_batches (until_at);

CREATE TABLE composer_standings (
    station text PRIMARY KEY,
    document jsonb NOT NULL,                   -- what the composer counted, how each provider stands
    told_at timestamptz NOT NULL DEFAULT now()
);
