"""Proof of being who one says: at the door by address and password, inside by the password again before anything is changed for good.

At the door a wrong password, an unknown address and one that nobody has proven yet are the same answer after the same work.
"""

from dataclasses import dataclass

from control.accounts import repository
from control.accounts.account import Account, State
from control.accounts.factors.factors import Factors
from control.accounts.refusals import WrongPassword
from control.accounts.sessions.sessions import Opened, Sessions, Whence, owner
from control.accounts.throttle import Limits
from control.audit.log import AuditLog
from control.database.database import Database
from control.errors import Conflict, FieldError, Forbidden, Invalid, Unauthenticated
from control.identity.passwords import Passwords
from control.principal import Principal
from server.door.door import network


@dataclass(frozen=True, slots=True)
class Proof:
    """Asks for passwords and codes."""

    database: Database
    audit: AuditLog
    passwords: Passwords
    factors: Factors
    sessions: Sessions
    limits: Limits

    async def login(self, email: str, password: str, code: str | None, whence: Whence) -> Opened:
        """A new session. Raises Unauthenticated, Forbidden (suspended), SecondFactorNeeded, WrongCode, TooMany, Unavailable."""
        account = await self.by_password(email, password, whence.client)
        mfa = await self.factors.prove(account, code)
        return await self.sessions.open(account, whence, ("pwd", "otp") if mfa else ("pwd",), mfa=mfa)

    async def by_password(self, email: str, password: str, client: str) -> Account:
        """The account of that address and password, for a door that opens no session; a second factor is the caller's to ask for.

        Raises Unauthenticated, Forbidden (suspended), TooMany, Unavailable.
        """
        await self.limits.allow("login-client", network(client))
        await self.limits.allow("login-account", email)
        account = await repository.by_email(self.database, email)
        right = await self.passwords.verify(password, account.password_hash if account else None)
        if account is None or not right or account.state is State.UNVERIFIED:
            await self.audit.record("login.refuse", actor=None, subject=email, client=client)
            raise Unauthenticated("The address or the password is wrong, or the address was not confirmed yet.")
        if account.state is State.SUSPENDED:
            await self.audit.record("login.refuse", actor=None, subject=email, detail={"suspended": True}, client=client)
            raise Forbidden("This account is suspended.")
        return account

    async def again(self, principal: Principal, password: str) -> Account:
        """The account of somebody who is logged in and knows its password. Raises Unauthenticated, Conflict, WrongPassword, TooMany."""
        account = await self.account(principal)
        await self.limits.allow("proof", str(account.id))
        if account.password_hash is None:
            raise Conflict("This account has no password yet; choose one by mail first.")
        if not await self.passwords.verify(password, account.password_hash):
            raise WrongPassword
        return account

    async def wholly(self, principal: Principal, password: str, code: str | None) -> Account:
        """The same, and he has shown his second factor if he has one. Raises SecondFactorNeeded and WrongCode too."""
        account = await self.again(principal, password)
        await self.factors.prove(account, code)
        return account

    async def account(self, principal: Principal) -> Account:
        """The account of a person who is logged in. Raises Unauthenticated where it is gone or suspended."""
        account = await repository.by_id(self.database, owner(principal))
        if account is None or account.state is not State.ACTIVE:
            raise Unauthenticated
        return account

    async def new_hash(self, password: str, *words: str) -> str:
        """Of a password that may be used. Raises Invalid with what is wrong with it."""
        said = await self.passwords.judge(password, words)
        if said:
            raise Invalid(errors=[FieldError("body.password", sentence) for sentence in said])
        return await self.passwords.hash(password)
