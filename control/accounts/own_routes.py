"""One's own account at /api/v1/auth/me and beside it: read, change, leave; sessions; password; second factor.

It takes a person who is logged in: an API key may at most read who its owner is.
"""

from typing import Final
from uuid import UUID

from control.accounts.account import Account
from control.accounts.factors.factors import Factors
from control.accounts.profile import Profile
from control.accounts.proof import Proof
from control.accounts.refusals import SecondFactorNeeded, WrongCode, WrongPassword
from control.accounts.routes import whence
from control.accounts.sessions.sessions import Sessions, owner
from control.accounts.shapes import (
    BegunFactor,
    Changing,
    ConfirmingFactor,
    Ended,
    Me,
    MyChange,
    ProvingAgain,
    RecoveryCodes,
    SessionList,
    Shape,
    me_of,
    plain,
    session_of,
)
from control.api.call import Answer, Call
from control.api.operation import operation
from control.errors import Conflict, FieldError, Invalid, NotFound, PreconditionFailed, TooMany, Unavailable
from control.permissions import Permission

TAG: Final = "account"
PROVEN: Final = (WrongPassword, Conflict, TooMany, Unavailable)
WHOLLY_PROVEN: Final = (*PROVEN, SecondFactorNeeded, WrongCode)
UNKEPT: Final = {"Cache-Control": "no-store"}


class SessionPath(Shape):
    """Which session."""

    id: UUID


class OwnAccount:
    """/api/v1/auth, for those who are logged in."""

    def __init__(self, profile: Profile, proof: Proof, factors: Factors, sessions: Sessions) -> None:
        self._profile = profile
        self._proof = proof
        self._factors = factors
        self._sessions = sessions

    @operation("GET", "/api/v1/auth/me", permission=Permission.OWN_ACCOUNT_READ, summary="Your account", tag=TAG)
    async def read(self, call: Call) -> Answer[Me]:
        """With what its role may do."""
        return _shown(await self._profile.read(call.principal))

    @operation(
        "PATCH",
        "/api/v1/auth/me",
        permission=Permission.OWN_ACCOUNT_WRITE,
        summary="Change your account",
        tag=TAG,
        raises=(*PROVEN, PreconditionFailed),
    )
    async def change(self, call: Call, *, body: MyChange) -> Answer[Me]:
        """A new address takes your password, and is used once the letter to it was answered; until then this answer shows the old one."""
        call.require_unchanged(_etag(await self._profile.read(call.principal)))
        if body.email is not None:
            password = plain(body.current_password)
            if password is None:
                raise Invalid(errors=[FieldError("body.current_password", "Another address takes your password")])
            await self._profile.ask_for_address(call.principal, body.email, password, whence(call))
        if body.name is not None:
            await self._profile.rename(call.principal, body.name)
        return _shown(await self._profile.read(call.principal))

    @operation(
        "DELETE",
        "/api/v1/auth/me",
        permission=Permission.OWN_ACCOUNT_WRITE,
        summary="Delete your account",
        tag=TAG,
        status=204,
        raises=WHOLLY_PROVEN,
    )
    async def leave(self, call: Call, *, body: ProvingAgain) -> None:
        """For good, with its keys, sessions and links. The last superadmin cannot."""
        await self._profile.leave_for_good(call.principal, body.password.get_secret_value(), plain(body.code), whence(call))

    @operation("GET", "/api/v1/auth/sessions", permission=Permission.OWN_SESSIONS_READ, summary="Where you are logged in", tag=TAG)
    async def sessions(self, call: Call) -> SessionList:
        """At most 50."""
        found = await self._sessions.of_account(owner(call.principal))
        return SessionList(items=[session_of(session, call.principal.session_id) for session in found])

    @operation("DELETE", "/api/v1/auth/sessions", permission=Permission.OWN_SESSIONS_KILL, summary="Log out everywhere else", tag=TAG)
    async def end_others(self, call: Call) -> Ended:
        """The session that asks goes on."""
        return Ended(ended=await self._sessions.end_others(call.principal, whence(call)))

    @operation(
        "DELETE",
        "/api/v1/auth/sessions/{id}",
        permission=Permission.OWN_SESSIONS_KILL,
        summary="Log out one device",
        tag=TAG,
        status=204,
        raises=(NotFound,),
    )
    async def end_session(self, call: Call, *, path: SessionPath) -> None:
        """At once: its access token is not believed any more."""
        await self._sessions.end(call.principal, path.id, whence(call))

    @operation(
        "POST",
        "/api/v1/auth/password/change",
        permission=Permission.OWN_ACCOUNT_WRITE,
        summary="Change your password",
        tag=TAG,
        status=204,
        raises=PROVEN,
    )
    async def change_password(self, call: Call, *, body: Changing) -> None:
        """All other sessions end."""
        current, password = body.current_password.get_secret_value(), body.password.get_secret_value()
        await self._profile.change_password(call.principal, current, password, whence(call))

    @operation(
        "POST",
        "/api/v1/auth/second-factor/begin",
        permission=Permission.OWN_ACCOUNT_WRITE,
        summary="Set up an authenticator",
        tag=TAG,
        raises=WHOLLY_PROVEN,
    )
    async def begin_factor(self, call: Call, *, body: ProvingAgain) -> Answer[BegunFactor]:
        """The answer shows its secret this once."""
        account = await self._proof.again(call.principal, body.password.get_secret_value())
        begun = await self._factors.begin(account)
        return Answer(BegunFactor(secret=begun.secret, uri=begun.uri), headers=UNKEPT)

    @operation(
        "POST",
        "/api/v1/auth/second-factor/confirm",
        permission=Permission.OWN_ACCOUNT_WRITE,
        summary="Turn the authenticator on",
        tag=TAG,
        raises=(WrongCode, Conflict, TooMany),
    )
    async def confirm_factor(self, call: Call, *, body: ConfirmingFactor) -> Answer[RecoveryCodes]:
        """From now on each login asks for a code. All other sessions end. The answer shows the recovery codes this once."""
        account = await self._proof.account(call.principal)
        codes = await self._factors.confirm(call.principal, account, body.code.get_secret_value(), whence(call))
        return Answer(RecoveryCodes(recovery_codes=codes), headers=UNKEPT)

    @operation(
        "POST",
        "/api/v1/auth/second-factor/recovery-codes",
        permission=Permission.OWN_ACCOUNT_WRITE,
        summary="Ask for new recovery codes",
        tag=TAG,
        raises=WHOLLY_PROVEN,
    )
    async def renew_codes(self, call: Call, *, body: ProvingAgain) -> Answer[RecoveryCodes]:
        """Those from before open nothing more."""
        account = await self._proof.wholly(call.principal, body.password.get_secret_value(), plain(body.code))
        codes = await self._factors.renew_recovery_codes(call.principal, account, whence(call))
        return Answer(RecoveryCodes(recovery_codes=codes), headers=UNKEPT)

    @operation(
        "POST",
        "/api/v1/auth/second-factor/disable",
        permission=Permission.OWN_ACCOUNT_WRITE,
        summary="Take the authenticator away",
        tag=TAG,
        status=204,
        raises=WHOLLY_PROVEN,
    )
    async def disable_factor(self, call: Call, *, body: ProvingAgain) -> None:
        """It takes a code of it, or a recovery code."""
        account = await self._proof.wholly(call.principal, body.password.get_secret_value(), plain(body.code))
        await self._factors.disable(call.principal, account, whence(call))


def _shown(account: Account) -> Answer[Me]:
    return Answer(me_of(account), etag=_etag(account))


def _etag(account: Account) -> str:
    return f'"{account.id.hex}.{account.version}.{account.recovery_codes}"'
