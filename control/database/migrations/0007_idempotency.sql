-- Requests that were sent with an Idempotency-Key, and what was answered, for a day.
-- No reference to accounts: a deleted account's rows leave with the day.
CREATE TABLE idempotent_requests (
    account_id  uuid        NOT NULL,
    key         text        NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    fingerprint bytea       NOT NULL,
    begun_at    timestamptz NOT NULL DEFAULT now(),
    status      smallint,
    headers     jsonb,
    body        bytea,
    PRIMARY KEY (account_id, key),
    CHECK ((status IS NULL) = (headers IS NULL) AND (status IS NULL) = (body IS NULL))
);

COMMENT ON COLUMN idempotent_requests.fingerprint IS 'SHA-256 of method, address and body.';
COMMENT ON COLUMN idempotent_requests.status IS 'Null while the first request is being worked on, and for ever if it ended without an answer.';

CREATE INDEX idempotent_requests_begun_at ON idempotent_requests (begun_at);
