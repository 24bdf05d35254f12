-- Who listened, when, where and for how long. `who` stands for an address and a player on one day; nobody can turn it back, and nothing
-- here leads to an account (server/nowplaying/pseudonyms.py).

CREATE TABLE listening (
    station text NOT NULL,
    output text NOT NULL,                      -- icy, hls, webrtc
    mount text NOT NULL,                       -- what of the output: radio.mp3
    country text CHECK (length(country) = 2),  -- ISO 3166; NULL: not known
    began_at timestamptz NOT NULL,
    seconds real NOT NULL CHECK (seconds >= 0),
    who bytea NOT NULL CHECK (length(who) = 16),
    PRIMARY KEY (station, began_at, who, output, mount)  -- so that a batch that is written twice stands there once
);

CREATE INDEX listening_oldest ON listening USING brin (began_at);
