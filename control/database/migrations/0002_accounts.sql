-- People, the sessions they opened, and the codes they were mailed. Of passwords, tokens and codes only hashes are here; the secret of
-- a second factor must be read again and is sealed under a key that is not in the database.

CREATE TABLE accounts (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    email citext NOT NULL UNIQUE CHECK (length(email) BETWEEN 3 AND 254),
    name text NOT NULL DEFAULT '' CHECK (length(name) <= 100),
    role text NOT NULL DEFAULT 'user'
        CHECK (role IN ('superadmin', 'admin', 'moderator', 'dj', 'user', 'viewer', 'api_client')),
    tier text NOT NULL DEFAULT 'free' CHECK (tier IN ('free', 'pro', 'premium', 'enterprise')),
    state text NOT NULL DEFAULT 'unverified' CHECK (state IN ('active', 'unverified', 'suspended')),
    password_hash text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    version integer NOT NULL DEFAULT 1
);

CREATE INDEX accounts_newest ON accounts (created_at DESC, id DESC);
CREATE INDEX accounts_staff ON accounts (role) WHERE role <> 'user';
CREATE INDEX accounts_unverified ON accounts (created_at) WHERE state = 'unverified';

-- One login on one device: the family of its refresh tokens.
CREATE TABLE sessions (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    account_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    device text NOT NULL DEFAULT '',
    client text NOT NULL DEFAULT '',
    amr text[] NOT NULL,
    mfa boolean NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz
);

CREATE INDEX sessions_open ON sessions (account_id, last_used_at DESC) WHERE ended_at IS NULL;
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- Used tokens stay as long as their session, so that one that comes back is known for what it is.
CREATE TABLE refresh_tokens (
    digest bytea PRIMARY KEY CHECK (length(digest) = 32),
    session_id uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    parent bytea,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);

CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);
CREATE UNIQUE INDEX refresh_tokens_one_child ON refresh_tokens (parent) WHERE parent IS NOT NULL;

-- What was mailed, or printed for the operator. A code without an account opens nothing: it is there so that asking for an unknown
-- address costs what asking for a known one does. A registration's name and password wait here until the address is proven.
CREATE TABLE account_codes (
    digest bytea PRIMARY KEY CHECK (length(digest) = 32),
    purpose text NOT NULL CHECK (purpose IN ('verify', 'email', 'reset', 'setup')),
    account_id uuid REFERENCES accounts (id) ON DELETE CASCADE,
    email citext,
    name text NOT NULL DEFAULT '',
    password_hash text,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE INDEX account_codes_account ON account_codes (account_id);
CREATE INDEX account_codes_expiry ON account_codes (expires_at);

CREATE TABLE second_factors (
    account_id uuid PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    sealed_secret bytea NOT NULL,
    used_step bigint NOT NULL DEFAULT 0,
    confirmed_at timestamptz
);

CREATE TABLE recovery_codes (
    account_id uuid NOT NULL REFERENCES second_factors (account_id) ON DELETE CASCADE,
    digest bytea NOT NULL CHECK (length(digest) = 32),
    used_at timestamptz,
    PRIMARY KEY (account_id, digest)
);
