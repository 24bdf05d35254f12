"""A reception without doors, for the operator's own hand: nobody logs in through it, so its secrets are of the moment."""

import os
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from control.accounts.reception import Reception, Surroundings
from control.accounts.throttle import Throttle
from control.audit.log import AuditLog
from control.audit.spool import Spool
from control.database.database import open_database
from control.identity.clients import Clients
from control.identity.passwords import Passwords
from control.identity.revocations import Revocations
from control.identity.second_factor import SecondFactor
from control.identity.tokens import Tokens
from control.kv.opening import open_kv
from control.mail.postbox import Postbox
from control.mail.sender import LogSender
from sonicforge.config import Settings
from sonicforge.folders import Folders
from sonicforge.wiring.house import base_url
from sonicforge.wiring.links import kv_link
from sonicforge.wiring.postgres import database_link


@asynccontextmanager
async def operators_reception(settings: Settings, folders: Folders) -> AsyncIterator[Reception]:
    """For the length of the block."""
    async with AsyncExitStack() as leaving:
        database = await open_database(database_link(settings, folders, "operator"))
        leaving.push_async_callback(database.close)
        kv = await open_kv(kv_link(settings))
        leaving.push_async_callback(kv.close)
        passwords = Passwords()
        leaving.push_async_callback(passwords.close)
        yield Reception(
            Surroundings(
                database=database,
                audit=AuditLog(database, Spool(folders.audit), time.time),
                tokens=Tokens(os.urandom(32)),
                passwords=passwords,
                second_factor=SecondFactor(os.urandom(32)),
                revocations=Revocations(kv),
                limits=Throttle(kv),
                postbox=Postbox(LogSender()),
                connections=Clients(),
                base=base_url(settings),
                wall=time.time,
            )
        )
