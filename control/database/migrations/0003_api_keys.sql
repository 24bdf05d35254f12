-- Keys for programs. A key outlives its secrets: rotation adds a secret and lets the former one retire.
-- A secret is never stored, only its HMAC-SHA-256 under the pepper, which is not in the database.

CREATE TABLE api_keys (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    account_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    scopes text[] NOT NULL,
    networks cidr[] NOT NULL DEFAULT '{}',
    requests_per_minute integer NOT NULL CHECK (requests_per_minute BETWEEN 1 AND 100000),
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    rotated_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz,
    last_used_from text,
    CHECK (expires_at IS NULL OR expires_at > created_at)
);

CREATE INDEX api_keys_account ON api_keys (account_id, id);

CREATE TABLE api_key_secrets (
    prefix text PRIMARY KEY CHECK (prefix ~ '^[0-9A-Za-z]{8,32}$'),
    key_id uuid NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    digest bytea NOT NULL CHECK (length(digest) = 32),
    created_at timestamptz NOT NULL,
    retires_at timestamptz
);

CREATE INDEX api_key_secrets_key ON api_key_secrets (key_id);
CREATE UNIQUE INDEX api_key_secrets_one_current ON api_key_secrets (key_id) WHERE retires_at IS NULL;
