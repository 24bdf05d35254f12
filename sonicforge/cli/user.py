"""`sonicforge user create|list|role|password`: the operator's hand on accounts, with the station running or not.

He is asked for no login: whoever may read the state folder owns the house. A password is read from the terminal, or from the first line
of standard input, and is never an argument, since every user of a machine can read those.
"""

import asyncio
import getpass
import json
import sys
from pathlib import Path
from typing import Final

from asyncpg import InterfaceError, PostgresError
from pydantic import EmailStr, TypeAdapter, ValidationError

from control.accounts.account import Account
from control.database.embedded.errors import EmbeddedTrouble
from control.database.migration import MigrationRefused, migrate
from control.errors import Refusal
from control.identity.tokens import LIFE_SECONDS
from control.permissions import Role
from sonicforge.cli.db import reachable
from sonicforge.config import InvalidConfiguration, Settings, load
from sonicforge.folders import Folders
from sonicforge.logs import open_logs
from sonicforge.premises import make_folders
from sonicforge.wiring.operators_reception import operators_reception
from sonicforge.wiring.postgres import database_url

REFUSED: Final = 1


def run(order: str, email: str, role: str, name: str, config: Path | None, as_json: bool) -> int:
    """0 if it was done, 1 with the reason if it was refused. Raises InvalidConfiguration where the database cannot be reached."""
    settings = load(config)
    open_logs(settings.log, "user")
    folders = make_folders(settings)
    if order != "list":
        email = _address(email)
    if order == "role" and not role:
        raise InvalidConfiguration("user role: say which, with --role")
    password = _password() if order in {"create", "password"} else ""
    try:
        asyncio.run(_run(order, email, Role(role or Role.USER), name, password, settings, folders, as_json))
    except Refusal as refusal:
        for sentence in [error.detail for error in refusal.errors] or [refusal.detail or refusal.title()]:
            print(f"sonicforge: {sentence}", file=sys.stderr)
        return REFUSED
    except (EmbeddedTrouble, MigrationRefused, OSError, PostgresError, InterfaceError) as error:
        raise InvalidConfiguration(f"database: {error or type(error).__name__}") from None
    return 0


async def _run(order: str, email: str, role: Role, name: str, password: str, settings: Settings, folders: Folders, as_json: bool) -> None:
    async with reachable(settings, folders), operators_reception(settings, folders) as reception:
        await migrate(database_url(settings, folders))
        roster = reception.roster
        match order:
            case "list":
                _show(await roster.newest(), as_json)
            case "create":
                account = await reception.registration.create(email, name, role, password)
                print(f"{account.email} is {account.role} now and can log in.")
            case "role":
                await roster.assign(None, await roster.of_email(email), role)
                print(f"{email} is {role} now. {_ended(settings)}")
            case "password":
                await roster.set_password(None, await roster.of_email(email), password)
                print(f"The password of {email} is changed. {_ended(settings)}")


def _ended(settings: Settings) -> str:
    if settings.redis.shared:
        return "All its sessions are ended."
    late = f"Without a shared store its access tokens are good for up to {LIFE_SECONDS // 60} minutes more."
    return f"All its sessions are ended. {late}"


def _address(text: str) -> str:
    try:
        return TypeAdapter[str](EmailStr).validate_python(text)
    except ValidationError as error:
        raise InvalidConfiguration(f"{text!r}: {error.errors()[0]['msg']}") from None


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise InvalidConfiguration("the two are not the same; nothing was done")
    return password


def _show(accounts: list[Account], as_json: bool) -> None:
    if as_json:
        print(
            json.dumps(
                [{"id": str(each.id), "email": each.email, "role": each.role, "tier": each.tier, "state": each.state} for each in accounts]
            )
        )
        return
    for each in accounts:
        factor = "second factor" if each.has_second_factor else ""
        print(f"{each.email:<40}  {each.role:<10}  {each.tier:<10}  {each.state:<10}  {each.created_at:%Y-%m-%d}  {factor}".rstrip())
