-- Which person at another house is which account here. Never found by e-mail: an address can change hands, a subject cannot.

CREATE TABLE oauth_links (
    issuer text NOT NULL,
    subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    account_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    provider text NOT NULL,
    shown_as text NOT NULL DEFAULT '',
    linked_at timestamptz NOT NULL,
    PRIMARY KEY (issuer, subject),
    UNIQUE (account_id, provider)
);
