-- What the studio was booked for, and how those who work in it stand. The job itself (jobs) says how far a booking is.

CREATE TABLE studio_bookings (
    job_id uuid PRIMARY KEY,                   -- no reference: a day's takes are counted, whenever jobs are cleared away
    station text NOT NULL,
    account_id uuid REFERENCES accounts (id) ON DELETE SET NULL,
    brief jsonb,                               -- what is to be made; NULL: the backends are measured
    air boolean NOT NULL DEFAULT false,        -- whether it is queued when it is made
    credits integer NOT NULL DEFAULT 0 CHECK (credits >= 0),  -- that were paid for it
    booked_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX studio_bookings_station ON studio_bookings (station, job_id DESC);
CREATE INDEX studio_bookings_account ON studio_bookings (account_id, booked_at DESC) WHERE account_id IS NOT NULL;
CREATE INDEX studio_bookings_age ON studio_bookings (booked_at);

-- The latest word of each agent: composer, producer, critic (control/pipeline/agents.py).
CREATE TABLE agent_standings (
    station text NOT NULL,
    agent text NOT NULL,
    document jsonb NOT NULL,
    told_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (station, agent)
);
