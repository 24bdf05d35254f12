-- The platforms to which a station is published. Truth is here; the pusher reads a sealed copy (control/targets/mirror.py).

CREATE TABLE stream_targets (
    id uuid PRIMARY KEY,                       -- made by the writer: the stream key is sealed for this very target
    station text NOT NULL,
    name text NOT NULL,
    platform text NOT NULL CONSTRAINT stream_targets_platform CHECK (platform IN ('youtube', 'twitch', 'kick', 'custom')),
    address text NOT NULL DEFAULT '',          -- empty: the platform's own
    sealed_key bytea NOT NULL,                 -- server/rtmp/sealed.py; no interface gives the stream key out again
    enabled boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX stream_targets_of_station ON stream_targets (station, created_at, id);
