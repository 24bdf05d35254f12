-- What later migrations build on. All but vector are trusted: the owner of the database may create them.
create extension if not exists citext;
create extension if not exists pg_trgm;
create extension if not exists unaccent;
create extension if not exists btree_gin;

-- Likeness of tracks needs it, and nothing else does: a server without it, or one that reserves it to its administrator, will do.
do $$
begin
    if exists (select from pg_available_extensions where name = 'vector') then
        create extension if not exists vector;
    end if;
exception when insufficient_privilege then
    raise notice 'the administrator of this server must run: create extension vector';
end
$$;
