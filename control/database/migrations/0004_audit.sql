-- What privileged people did. Rows are only ever added: the triggers refuse every other change, and nobody but the owner may try.
-- There is no reference to accounts: what somebody did outlives his account.

CREATE TABLE audit_log (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    event text NOT NULL,
    actor_id uuid,
    actor_role text,
    means text NOT NULL,
    key_id uuid,
    subject text,
    client text NOT NULL DEFAULT '',
    detail jsonb NOT NULL DEFAULT '{}',
    words text GENERATED ALWAYS AS (lower(event || ' ' || coalesce(subject, '') || ' ' || client || ' ' || detail::text)) STORED,
    written_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX audit_log_newest ON audit_log (at DESC, id DESC);
CREATE INDEX audit_log_actor ON audit_log (actor_id, at DESC, id DESC) WHERE actor_id IS NOT NULL;
CREATE INDEX audit_log_event ON audit_log (event text_pattern_ops, at DESC);
CREATE INDEX audit_log_words ON audit_log USING gin (words gin_trgm_ops);

CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER audit_log_keeps_rows BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION audit_log_is_append_only();
CREATE TRIGGER audit_log_keeps_all BEFORE TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only();

REVOKE UPDATE, DELETE, TRUNCATE ON audit_log FROM PUBLIC;
